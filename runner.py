import sys

if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - this file alone is read by any Python, so that it can say so
        sys.stderr.write("error: this needs Python 3.11 or later, not {}.{}\n".format(*sys.version_info))
        sys.exit(2)
    try:
        from autograder.start import main

        main()
    except KeyboardInterrupt:  # before anything was there that could say so
        sys.stderr.write("error: interrupted\n")
        sys.exit(130)
