"""conv2d_functional's misconceptions.

`ideas.toml` says what each is called and what a student reads; `predictions.jsonl` holds what each answers to
the practice cases, as sketches. `wrong` holds the programs that the predictions are made with: it changes the
reference, and stays with it.
"""
