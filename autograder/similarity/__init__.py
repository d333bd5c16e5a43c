"""Which submissions of a class are alike: pairs for a person to look at. Nothing here is a verdict, or points."""
