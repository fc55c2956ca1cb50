"""What this package calls itself."""

VERSION = "0.1.0"
SOFTWARE = f"understudy-python {VERSION}"
