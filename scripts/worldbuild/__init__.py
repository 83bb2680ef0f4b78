"""Parts of scripts/build_worlds.py and scripts/build_geo.py; not installed with the package."""
