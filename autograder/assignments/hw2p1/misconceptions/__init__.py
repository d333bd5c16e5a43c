"""HW2P1's misconceptions.

`ideas.toml` says what each is called and what a student reads; `predictions.jsonl` holds what each answers to
the practice cases, as sketches. `observed` recognises those that depend on a draw of the submission's own.
`wrong` holds the programs that the predictions are made with: it changes the references, and stays with them.
"""
