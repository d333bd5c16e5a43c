import sys

if __name__ == "__main__":
    try:
        from autograder.start import main

        main()
    except KeyboardInterrupt:  # before anything was there that could say so
        print("error: interrupted", file=sys.stderr)
        sys.exit(130)
