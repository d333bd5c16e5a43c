"""conv2d_layer's misconceptions.

`ideas.toml` says what each is called and what a student reads; `predictions.jsonl` holds what each answers to
the practice cases, as sketches. `observed` recognises one that depends on a draw of the submission's own. `wrong`
holds the programs that the predictions are made with: it changes the reference, and stays with it.
"""
