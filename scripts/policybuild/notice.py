"""The licence notices that must travel with the scenarios."""

HOLDERS = ["2020 Mike Waugh", "2025 tradewartracker", "2026 The Budget Lab at Yale"]

MIT = """
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""

INTRODUCTION = """# Scenarios of trade policy

Built by `scripts/build_policies.py`. Measures, dates and rates are facts of public acts. Lists of products and some
rates were compiled by others: the trade-war trackers of Michael Waugh (tradewar-tracker, trade-war-redux-2025) and the
tariff-rate-tracker of The Budget Lab at Yale, under the licence below. Changes: joined, split by use and metal, some
coverage and dates added; each scenario's description says which. Coverage by sector is computed from US Census Bureau
data (public domain) and OECD Inter-Country Input-Output tables (CC BY 4.0).
"""

LICENCE = "MIT License\n\n" + "\n\n".join(f"Copyright (c) {holder}" for holder in HOLDERS) + "\n" + MIT.rstrip()

NOTICE = INTRODUCTION + "\n" + "".join(f"> {line}".rstrip() + "\n" for line in LICENCE.split("\n"))
