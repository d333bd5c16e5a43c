"""The host's side of the sandbox: starts guests, talks to them, ends them. Knows no rubric."""
