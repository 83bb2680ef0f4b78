"""Parts of scripts/build_policies.py; not installed with the package."""
