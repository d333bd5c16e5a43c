"""A gradebook as pages to look at: one folder of files that any host can serve, or none at all."""
