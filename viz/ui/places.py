"""Where the page files are; links between pages name them by absolute path."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "pages"
