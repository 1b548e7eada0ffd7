"""The toy graph with redun: redun --config FOLDER/.redun run toy_redun.py main --folder FOLDER --first FIRST."""
from redun import File, task

redun_namespace = "toy"


@task()
def load(items: int, first: float) -> list:
    return [[(first if i == 0 else i) + k for k in range(1000)] for i in range(items)]


@task()
def double(numbers: list) -> list:
    return [2 * value for value in numbers]


@task()
def each(items: list) -> list:
    return [double(numbers) for numbers in items]


@task()
def join(parts: list, path: str) -> File:
    file = File(path)
    file.write(f"{sum(sum(part) for part in parts)}\n")
    return file


@task()
def main(folder: str, first: float = 0.0) -> File:
    return join(each(load(100, first)), f"{folder}/redun.txt")
