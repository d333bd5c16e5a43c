"""How strong an assignment's cases are: mutants of its references, graded by the ordinary grader."""
