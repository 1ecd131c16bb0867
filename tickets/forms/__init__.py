"""Forms clean and never save. Wrong input is named field by field; what was typed stays."""
