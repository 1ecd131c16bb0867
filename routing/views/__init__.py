"""The settings of departments, and which one answers for an organisation."""
