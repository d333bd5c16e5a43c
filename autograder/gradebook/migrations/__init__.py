"""The gradebook's migrations, for Alembic."""
