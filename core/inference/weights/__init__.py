"""Weights as files: found, inspected, fitted, downloaded, tried."""
