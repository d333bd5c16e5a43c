"""Many submissions: take a class's work in, grade it on many processes, keep every result at once."""
