"""The settings of departments."""
