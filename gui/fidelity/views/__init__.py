"""The views of the lab, one file each."""
