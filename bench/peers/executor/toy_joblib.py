"""The toy graph with joblib.Memory: python toy_joblib.py FOLDER FIRST."""
import sys

from joblib import Memory

folder, first = sys.argv[1], float(sys.argv[2])
memory = Memory(f"{folder}/joblib", verbose=0)


@memory.cache
def load(items, first):
    return [[(first if i == 0 else i) + k for k in range(1000)] for i in range(items)]


@memory.cache
def double(numbers):
    return [2 * value for value in numbers]


@memory.cache
def join(parts):
    return sum(sum(part) for part in parts)


if __name__ == "__main__":
    total = join([double(numbers) for numbers in load(100, first)])
    with open(f"{folder}/joblib.txt", "w") as file:
        file.write(f"{total}\n")
