"""Misconceptions: wrong ideas by name, each with what a submission that has it would answer.

| module | what |
| --- | --- |
| `arrays` | what an assignment calls its arrays and their axes |
| `ideas` | what a wrong idea is called, and the hint that a student reads |
| `sketches` | a few numbers that stand for an array: enough to recognise it, too few to rebuild it |
| `predictions` | what each idea answers to each case, as sketches: read from the data that ships, or made |
| `generic` | ideas that are seen from the expected values alone: a sign, a flip; `factors`: a factor |
| `shapes` | what a wrong shape says |
| `conditions` | what the failing cases have in common |
| `wrong` | the references with a wrong idea put in; only where there are references |
| `making` | makes the data, and checks it |

Nothing of this is imported unless a check fails.
"""
