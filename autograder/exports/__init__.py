"""Out again: what a gradebook gives to learning systems, spreadsheets and students."""
