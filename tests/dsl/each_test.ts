/** @file each(): names of branches become paths of nodes. */
import assert from "node:assert/strict";
import { each, graphOf } from "../../dsl/mod.ts";
import { accuracy, mnist, subsample, table, train } from "./toys.ts";

Deno.test("each() keeps names and order, and hands both to the builder", () => {
  const made = each({ b: 1, a: 2 }, (entry, name) => `${name}${entry}`);
  assert.deepEqual(Object.entries(made), [["b", "b1"], ["a", "a2"]]);
});

Deno.test("each() prefixes the ids of nodes made inside with the names of their branches, outermost first", () => {
  const data = mnist();
  const rows = each({ sgd: 0.1, slow: 0.01 }, (lr) =>
    each({ two: 2, four: 4 }, (members) => {
      const masks = subsample({ data }, { members });
      return accuracy({ logits: train({ data, masks }, { optimizer: { kind: "sgd", lr } }), data });
    }));
  const graph = graphOf("p", { a: table({ rows: rows.sgd }), b: table({ rows: rows.slow }) });
  assert.deepEqual(graph.nodes.map(({ id }) => id), [
    "mnist",
    ...["sgd/two", "sgd/four"].flatMap((path) => [`${path}/subsample`, `${path}/train`, `${path}/accuracy`]),
    "table",
    ...["slow/two", "slow/four"].flatMap((path) => [`${path}/subsample`, `${path}/train`, `${path}/accuracy`]),
    "table-2",
  ]);
});

Deno.test("each() leaves its branch when the builder throws", () => {
  assert.throws(
    () =>
      each({ a: 1 }, () => {
        throw new Error("no");
      }),
    /no/,
  );
  assert.deepEqual(mnist().scope, []);
});

for (const name of ["", "a/b"]) {
  Deno.test(`each() refuses the name "${name}"`, () => {
    assert.throws(() => each({ [name]: 1 }, String), {
      name: "RangeError",
      message: `Cannot branch over "${name}": a name in each() must not be empty nor contain "/"`,
    });
  });
}
