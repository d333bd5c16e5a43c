def question_1():
    return "abcdefgh"
