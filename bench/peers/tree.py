import dask

from harness import SIZE, get_graph, measure
from steps import add, inc


def build(leaves):
    """A binary tree: `leaves` times inc, then add until one is left."""
    graph = {("inc", i): (inc, i) for i in range(leaves)}
    level, names = 0, list(graph)
    while len(names) > 1:
        next_names = []
        for i in range(0, len(names), 2):
            name = ("add", level, i // 2)
            graph[name] = (add, names[i], names[i + 1])
            next_names.append(name)
        level, names = level + 1, next_names
    return graph, names[0]


graph, root = build(SIZE["leaves"])


def run():
    return get_graph(graph, root)


assert dask.__version__
measure(run)
