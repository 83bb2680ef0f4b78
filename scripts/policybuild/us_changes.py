"""What the words of the United States' rows mean in columns, remarks, and rows that follow from a remark.

CHANGES apply in order to every row whose id matches the pattern; a later entry overrides an earlier one. ADDED makes a
row out of another one. What is not in the data but assumed stands in the note.
"""

QUOTAS_2018 = "CAN MEX AUS UKR EU27 GBR JPN KOR BRA ARG"
VOID = "IEEPA duties void from 20 February 2026 (Learning Resources v. Trump); collected until 23 February"
HS_FROM_NOTES = "HS codes from the tariff schedule's notes, not in the data"
HALF = "metal content assumed to be 0.5 of the value"
MILL = "mill products: those of annex I-A of April 2026, the data's list has derivatives only"

# Partners that region_centroids.csv does not name, or not shortly.
NAMES = {
    "*": "all partners",
    "BIH": "Bosnia and Herzegovina",
    "CHN_HKG": "China and Hong Kong",
    "COD": "DR Congo",
    "EU27": "European Union",
    "FLK": "Falkland Islands",
    "GBR": "United Kingdom",
    "LIE": "Liechtenstein",
    "NRU": "Nauru",
    "TTO": "Trinidad and Tobago",
}

# Japan's and Korea's floors and the European cars were agreed backwards.
RETROACTIVE_JPN = {"effective": "2025-08-07", "collected": "2025-09-16"}

CHANGES: list[tuple[str, dict[str, str]]] = [
    # section 301 on China
    ("us-301-cn-*", {"level": "product"}),
    ("us-301-cn-list1", {"title": "Section 301 on China, list 1", "products": "s301_1"}),
    ("us-301-cn-list2", {"title": "Section 301 on China, list 2", "products": "s301_2"}),
    ("us-301-cn-list3*", {"title": "Section 301 on China, list 3 at 25 percent", "products": "s301_3 s301_3_addl"}),
    ("us-301-cn-list3", {"effective": "2019-05-10", "collected": "2019-06-01"}),
    (
        "us-301-cn-list3-10",
        {
            "title": "Section 301 on China, list 3 at 10 percent",
            "products": "s301_3",
            "ended": "2019-05-10",
            "collected_ended": "2019-06-01",
        },
    ),
    ("us-301-cn-list4a*", {"title": "Section 301 on China, list 4A at 7.5 percent", "products": "s301_4A"}),
    ("us-301-cn-list4a-15", {"title": "Section 301 on China, list 4A at 15 percent"}),
    ("us-301-cn-4yr-100", {"title": "Section 301 review: electric vehicles", "products": "s301_biden_100"}),
    ("us-301-cn-4yr-25", {"title": "Section 301 review: metals, EV batteries", "products": "s301_biden_25"}),
    ("us-301-cn-4yr-50", {"title": "Section 301 review: solar cells", "products": "s301_biden_50"}),
    ("us-301-cn-4yr-50-2025", {"title": "Section 301 review: semiconductors", "products": "s301_biden_50_jan25"}),
    ("us-301-cn-4yr-25-2025", {"title": "Section 301 review: tungsten", "products": "s301_biden_25_jan25"}),
    (
        "us-301-cn-4yr-25-2026",
        {
            "title": "Section 301 review: other batteries, graphite, magnets",
            "products": "s301_biden_jan26",
            "except_products": "40151210 63079098",
        },
    ),
    ("us-301-excess-cn", {"title": "Section 301 on China, excess capacity (planned)"}),
    # IEEPA: fentanyl
    ("us-ieepa-fent-cn-*", {"group": "ieepa_fentanyl/china"}),
    ("us-ieepa-fent-cn-10", {"title": "Fentanyl duty on China at 10 percent"}),
    ("us-ieepa-fent-cn-20", {"title": "Fentanyl duty on China at 20 percent"}),
    ("us-ieepa-fent-cn-10b", {"title": "Fentanyl duty on China at 10 percent, after Busan"}),
    ("us-ieepa-fent-can-*", {"group": "ieepa_fentanyl/canada_mexico", "except_products": "canada_energy potash"}),
    ("us-ieepa-fent-mex-*", {"group": "ieepa_fentanyl/canada_mexico", "except_products": "potash"}),
    ("us-ieepa-fent-*-nonusmca", {"qualifying": "usmca"}),
    ("us-ieepa-fent-can-all", {"title": "Fentanyl duty on Canada", "except_products": "canada_energy"}),
    ("us-ieepa-fent-can-nonusmca", {"title": "Fentanyl duty on Canada, USMCA goods free"}),
    ("us-ieepa-fent-can-35", {"title": "Fentanyl duty on Canada at 35 percent", "qualifying": "usmca"}),
    (
        "us-ieepa-fent-can-energy",
        {
            "title": "Fentanyl duty on Canadian energy and potash",
            "products": "canada_energy potash",
            "except_products": "",
            "qualifying": "usmca",
            "effective": "2025-03-07",
        },
    ),
    ("us-ieepa-fent-mex-all", {"title": "Fentanyl duty on Mexico", "except_products": ""}),
    ("us-ieepa-fent-mex-nonusmca", {"title": "Fentanyl duty on Mexico, USMCA goods free"}),
    (
        "us-ieepa-fent-mex-potash",
        {
            "title": "Fentanyl duty on Mexican potash",
            "products": "potash",
            "except_products": "",
            "qualifying": "usmca",
            "level": "product",
        },
    ),
    # IEEPA: reciprocal
    ("us-recip-base", {"title": "Reciprocal duty, baseline of 5 April 2025", "except_exporter": "CAN MEX COLUMN2"}),
    ("us-recip-annex1-*", {"title": "Reciprocal duty of 9 April 2025: {partner}"}),
    ("us-recip-cn-84", {"title": "Reciprocal duty on China at 84 percent"}),
    ("us-recip-cn-125", {"title": "Reciprocal duty on China at 125 percent"}),
    ("us-recip-cn-10", {"title": "Reciprocal duty on China at 10 percent, after Geneva"}),
    ("us-recip-aug-*", {"title": "Reciprocal duty of 7 August 2025: {partner}"}),
    (
        "us-recip-aug-default",
        {"title": "Reciprocal duty of 7 August 2025: others", "except_exporter": "CAN MEX CHN_HKG COLUMN2"},
    ),
    ("us-recip-aug-jpn", {"ended": "2025-08-07", "collected_ended": "2025-09-16"}),
    ("us-recip-aug-kor", {"collected_ended": "2025-12-04"}),
    ("us-recip-floor-*", {"title": "Reciprocal duty, 15 percent in all: {partner}"}),
    ("us-recip-floor-jpn", RETROACTIVE_JPN),
    ("us-recip-floor-kor", {"collected": "2025-12-04"}),
    ("us-recip-ind-18", {"title": "Reciprocal duty of February 2026: India"}),
    (
        "us-recip-transship",
        {"title": "Reciprocal duty on transshipped goods", "use": "transshipped", "level": "product"},
    ),
    ("us-ieepa-bra-40", {"title": "Additional duty on Brazil", "except_products": "brazil_2025_exempt"}),
    ("us-ieepa-ind-25", {"title": "Additional duty on India, Russian oil"}),
    # section 232: metals
    ("us-232-steel*", {"group": "s232/metals", "title": "Section 232 on steel", "products": "s232_steel_articles"}),
    (
        "us-232-alu*",
        {"group": "s232/metals", "title": "Section 232 on aluminium", "products": "s232_aluminium_articles"},
    ),
    ("us-232-steel-2018", {"title": "Section 232 on steel, 2018", "products": "s232_steel_mill"}),
    ("us-232-alu-2018", {"title": "Section 232 on aluminium, 2018", "products": "s232_aluminium_mill"}),
    ("us-232-*-2018", {"except_exporter": QUOTAS_2018}),
    ("us-232-steel-25", {"title": "Section 232 on steel at 25 percent"}),
    ("us-232-alu-25", {"title": "Section 232 on aluminium at 25 percent"}),
    (
        "us-232-alu-rus",
        {
            "title": "Section 232 on Russian aluminium",
            "effective": "2023-03-10",
            "products": "s232_aluminium_articles s232_aluminium_derivatives",
        },
    ),
    ("us-232-steel-50", {"title": "Section 232 on steel at 50 percent"}),
    ("us-232-alu-50", {"title": "Section 232 on aluminium at 50 percent"}),
    (
        "us-232-steel-50-deriv",
        {"title": "Section 232 on articles with steel", "products": "s232_steel_derivatives", "level": "product"},
    ),
    (
        "us-232-alu-50-deriv",
        {"title": "Section 232 on articles with aluminium", "products": "s232_aluminium_derivatives"},
    ),
    ("us-232-*-50-deriv", {"base_share": "0.5"}),
    ("us-232-steel-gbr", {"title": "Section 232 on British steel"}),
    ("us-232-alu-gbr", {"title": "Section 232 on British aluminium"}),
    (
        "us-232-copper",
        {"group": "s232/metals", "title": "Section 232 on copper", "products": "s232_copper", "base_share": "0.9"},
    ),
    ("us-232-metals-*", {"group": "s232/metals", "title": "Section 232 on metals, annex {annex}"}),
    ("us-232-metals-1a*", {"products": "metals_annex_ia"}),
    ("us-232-metals-1b*", {"products": "metals_annex_ib"}),
    ("us-232-metals-2", {"products": "metals_annex_ii", "group": "none"}),
    ("us-232-metals-3", {"products": "metals_annex_iii"}),
    ("us-232-metals-*-gbr", {"title": "Section 232 on British metals, annex {annex}"}),
    ("us-232-metals-1a-gbr", {"except_products": "metals_annex_ia_copper"}),
    # section 232: cars and lorries
    (
        "us-232-auto*",
        {"group": "s232/autos", "title": "Section 232 on cars: {partner}", "products": "s232_autos_vehicles"},
    ),
    (
        "us-232-autoparts*",
        {
            "title": "Section 232 on car parts: {partner}",
            "products": "s232_autos_parts",
            "level": "product",
        },
    ),
    ("us-232-autoparts", {"qualifying": "usmca"}),
    ("us-232-auto*-eu27", {"collected": "2025-09-25"}),
    ("us-232-auto*-kor", {"collected": "2025-12-04"}),
    (
        "us-232-trucks",
        {"group": "s232/trucks", "title": "Section 232 on lorries", "products": "s232_trucks", "level": "product"},
    ),
    ("us-232-buses", {"group": "s232/trucks", "title": "Section 232 on buses", "products": "8702", "level": "product"}),
    # section 232: wood and the rest
    ("us-232-lumber-*", {"group": "s232/lumber", "level": "product"}),
    ("us-232-lumber-soft", {"title": "Section 232 on softwood", "products": "s232_softwood"}),
    (
        "us-232-lumber-furniture*",
        {"title": "Section 232 on upholstered furniture: {partner}", "products": "s232_upholstered"},
    ),
    ("us-232-lumber-cabinets*", {"title": "Section 232 on kitchen cabinets: {partner}", "products": "s232_cabinets"}),
    (
        "us-232-semis",
        {
            "group": "s232/other",
            "title": "Section 232 on advanced semiconductors",
            "products": "847150 847180 847330",
            "use": "advanced_semiconductor",
            "level": "product",
        },
    ),
    (
        "us-232-pharma*",
        {
            "group": "s232/other",
            "title": "Section 232 on patented pharmaceuticals: {partner}",
            "products": "30",
            "use": "patented",
            "level": "product",
        },
    ),
    (
        "us-232-drones-*",
        {"group": "s232/other", "title": "Section 232 on drones, lower tier", "products": "8806", "level": "product"},
    ),
    ("us-232-drones-25", {"use": "drone_lower_tier"}),
    ("us-232-drones-100", {"title": "Section 232 on drones, higher tier", "use": "drone_higher_tier"}),
    # sections 201, 122, 301 and 338
    (
        "us-201-solar",
        {
            "title": "Section 201 on solar cells and modules",
            "products": "854142 854143",
            "use": "out_of_quota",
            "level": "product",
        },
    ),
    ("us-201-quartz", {"title": "Section 201 on quartz surfaces", "products": "681099", "level": "product"}),
    ("us-122", {"title": "Section 122 surcharge", "qualifying": "usmca"}),
    ("us-301-bra", {"title": "Section 301 on Brazil", "collected": "2026-07-29"}),
    ("us-301-fl-*", {"title": "Section 301, forced labour: {partner}", "collected": "2026-07-29"}),
    ("us-301-fl-can", {"qualifying": "usmca"}),
    ("us-301-fl-mex", {"qualifying": "usmca"}),
    ("us-338-can-alcohol", {"title": "Section 338 on Canada: beverages", "products": "canada_338_alcohol"}),
    ("us-338-can-dairy", {"title": "Section 338 on Canada: dairy, sugar", "products": "canada_338_dairy"}),
    ("us-338-can-broad", {"title": "Section 338 on Canada: other goods", "products": "canada_338_broad"}),
]

# Remarks added to the notes of the data.
NOTES: list[tuple[str, str]] = [
    ("us-301-cn-list3", "legal from 10 May 2019, collected on all goods from 1 June"),
    ("us-301-cn-4yr-25-2026", "the lines at 50 and 100 percent have rows of their own"),
    ("us-ieepa-fent-can-energy", "energy: chapter 27; potash: heading 3104"),
    ("us-recip-aug-jpn", "legally never in force: the floor goes back to 7 August 2025"),
    ("us-recip-transship", "only where the user says that goods are transshipped"),
    ("us-ieepa-bra-40", "exempt aircraft: chapter 88 only"),
    ("us-232-*-2018", MILL),
    ("us-232-steel-[25]?", MILL),
    ("us-232-alu-[25]?", MILL),
    ("us-232-alu-rus", "first day 10 March 2023 from memory; the data give none"),
    ("us-232-*-deriv", HALF),
    ("us-232-copper", "copper content assumed to be 0.9 of the value, as in the Yale Budget Lab tariff-rate tracker"),
    ("us-232-auto*-eu27", "collected from the notice; its day, 25 September 2025, from memory"),
    ("us-232-auto*-kor", "collected from the notice of 4 December 2025"),
    ("us-232-trucks", f"vehicles only, parts are not listed; {HS_FROM_NOTES}"),
    ("us-232-buses", HS_FROM_NOTES),
    ("us-232-lumber-*", HS_FROM_NOTES),
    ("us-232-pharma*", "only where the user says that a medicine is patented"),
    ("us-232-drones-*", "only where the user names the tier"),
    ("us-201-*", "HS codes from memory"),
    ("us-301-fl-*", "goods in transit free until 28 July 2026"),
]

# (row, new row, columns that differ)
ADDED: list[tuple[str, str, dict[str, str]]] = [
    (
        "us-301-cn-4yr-25-2026",
        "us-301-cn-4yr-50-2026",
        {
            "title": "Section 301 review: face masks",
            "rate": "0.5",
            "products": "63079098",
            "except_products": "",
            "family": "us-301-cn-4yr-50-2026",
            "confidence": "unverified",
            "note": "heading 9903.91.07; which line of s301_biden_jan26 pays 50 percent is from memory",
        },
    ),
    (
        "us-301-cn-4yr-25-2026",
        "us-301-cn-4yr-100-2026",
        {
            "title": "Section 301 review: medical gloves",
            "rate": "1",
            "products": "40151210",
            "except_products": "",
            "family": "us-301-cn-4yr-100-2026",
            "confidence": "unverified",
            "note": "heading 9903.91.08; which line of s301_biden_jan26 pays 100 percent is from memory and "
            "agrees with the sector averages of 2026",
        },
    ),
    (
        "us-ieepa-fent-can-energy",
        "us-ieepa-fent-can-energy-all",
        {
            "title": "Fentanyl duty on Canadian energy",
            "products": "canada_energy",
            "qualifying": "",
            "effective": "2025-03-04",
            "ended": "2025-03-07",
            "note": "energy: chapter 27",
        },
    ),
    (
        "us-232-steel-25",
        "us-232-steel-25-deriv",
        {
            "title": "Section 232 on articles with steel at 25 percent",
            "products": "s232_steel_derivatives",
            "base": "content",
            "base_share": "0.5",
            "family": "us-232-steel-deriv",
            "level": "product",
            "note": HALF,
        },
    ),
    (
        "us-232-alu-25",
        "us-232-alu-25-deriv",
        {
            "title": "Section 232 on articles with aluminium at 25 percent",
            "products": "s232_aluminium_derivatives",
            "base": "content",
            "base_share": "0.5",
            "family": "us-232-alu-deriv",
            "note": HALF,
        },
    ),
    (
        "us-232-steel-50-deriv",
        "us-232-deriv-aug25",
        {
            "title": "Section 232 on the articles added in August 2025",
            "products": "metals_annex_ib metals_annex_iii",
            "level": "",
            "family": "us-232-deriv-aug25",
            "effective": "2025-08-18",
            "source": "FR Doc. 2025-15819; list: annexes I-B and III of the proclamation of 2 Apr 2026",
            "confidence": "unverified",
            "note": f"the 407 codes are not in the data: what stayed in scope in April 2026 stands for them; {HALF}",
        },
    ),
    (
        "us-232-steel-50-deriv",
        "us-232-deriv-aug25-light",
        {
            "title": "Section 232 on articles with little metal, August 2025",
            "products": "metals_annex_ii",
            "base_share": "0.15",
            "level": "",
            "family": "us-232-deriv-aug25-light",
            "effective": "2025-08-18",
            "source": "FR Doc. 2025-15819; list: annex II of the proclamation of 2 Apr 2026",
            "confidence": "unverified",
            "note": "the 407 codes are not in the data: what left the scope in April 2026 stands for them; metal "
            "content assumed to be 0.15, the share by weight below which articles were freed",
        },
    ),
    (
        "us-232-metals-1a-gbr",
        "us-232-metals-1a-gbr-copper",
        {
            "title": "Section 232 on British copper",
            "products": "metals_annex_ia_copper",
            "except_products": "",
            "rate": "0.5",
            "note": "the British rate is for steel and aluminium only",
        },
    ),
    (
        "us-232-auto",
        "us-232-auto-usmca",
        {
            "title": "Section 232 on cars of Canada and Mexico",
            "exporter": "CAN MEX",
            "base": "content",
            "base_share": "0.6",
            "note": "USMCA vehicles: duty only on non-US content, assumed to be 0.6 of the value as in the Yale Budget "
            "Lab tariff-rate tracker; all cars are taken to qualify",
        },
    ),
]
