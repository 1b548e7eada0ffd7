/** @file include(): a pipeline's graph within another's, and what several of them share. */
import assert from "node:assert/strict";
import { expectTypeOf } from "expect-type";
import { z } from "zod";
import { each, graphOf, include, type Node, ParamsError, pipeline } from "../../dsl/mod.ts";
import { accuracy, type Metrics, mnist, optimizer, subsample, train } from "./toys.ts";

const params = z.object({ train: z.int(), optimizers: z.record(z.string(), optimizer) });
const sgd = { kind: "sgd", lr: 0.1 } as const;
const presets = {
  tiny: { train: 10, optimizers: { sgd } },
  default: { train: 100, optimizers: { sgd, sam: { kind: "sam", lr: 0.1, rho: 0.05 } } },
} as const;

function studyOf(name: string, members: number) {
  return pipeline(name, {
    params,
    presets,
    graph(p) {
      const data = mnist({ train: p.train });
      const masks = subsample({ data }, { members });
      const rows = each(p.optimizers, (optimizer) => {
        return accuracy({ logits: train({ data, masks }, { optimizer }).as(name), data });
      });
      return { ...rows };
    },
  });
}

Deno.test("include() puts a pipeline's nodes under its name, with the preset and overrides asked for", () => {
  const { name, preset, params, outputs } = include(studyOf("one", 2), {
    preset: "tiny",
    overrides: [{ optimizers: { sgd: { lr: 0.2 } } }],
  });
  assert.deepEqual({ name, preset }, { name: "one", preset: "tiny" });
  assert.deepEqual(params, { train: 10, optimizers: { sgd: { kind: "sgd", lr: 0.2 } } });
  const ids = graphOf("all", outputs).nodes.map(({ id }) => id);
  assert.deepEqual(ids, ["one/mnist", "one/subsample", "one/sgd/one", "one/sgd/accuracy"]);
});

Deno.test("include() gives the outputs their types", () => {
  const one = pipeline("one", {
    params: z.object({}),
    presets: { default: {} },
    graph() {
      const data = mnist();
      const masks = subsample({ data }, { members: 2 });
      return { rows: accuracy({ logits: train({ data, masks }, { optimizer: sgd }), data }) };
    },
  });
  expectTypeOf(include(one).outputs.rows).toEqualTypeOf<Node<typeof Metrics, "one">>();
});

Deno.test("include() makes one node of what several pipelines have in common, whatever each calls it", () => {
  const [one, two, three] = [studyOf("one", 2), studyOf("two", 2), studyOf("three", 4)].map((study) =>
    Object.values(include(study, { preset: "tiny" }).outputs)[0]!
  );
  const { nodes, outputs } = graphOf("all", { one: one!, two: two!, three: three! });
  assert.deepEqual(nodes.map(({ id }) => id), [
    ...["one/mnist", "one/subsample", "one/sgd/one", "one/sgd/accuracy"],
    ...["three/subsample", "three/sgd/three", "three/sgd/accuracy"],
  ]);
  assert.equal(outputs.two, outputs.one);
  assert.equal(nodes.at(-1)!.inputs.data, "one/mnist");
});

Deno.test("include() leaves nodes made outside apart, by their names", () => {
  const outside = mnist({ train: 10 });
  const { sgd } = include(studyOf("one", 2), { preset: "tiny" }).outputs;
  const { nodes } = graphOf("all", { outside, twin: outside.as("twin"), included: sgd! });
  assert.deepEqual(nodes.slice(0, 3).map(({ id }) => id), ["mnist", "twin", "one/mnist"]);
});

Deno.test("include() refuses unknown presets and parameters, by the included pipeline's name", () => {
  assert.throws(
    () => include(studyOf("one", 2), { preset: "tin" }),
    /Unknown preset "tin" of pipeline "one": .*"tiny"/,
  );
  assert.throws(() => include(studyOf("one", 2), { overrides: [{ trian: 3 }] }), ParamsError);
});

Deno.test("include() leaves its scope when the graph throws", () => {
  const broken = pipeline("broken", {
    params: z.object({}),
    presets: { default: {} },
    graph() {
      throw new Error("no");
    },
  });
  assert.throws(() => include(broken), /no/);
  assert.deepEqual([mnist().scope, mnist().included], [[], false]);
});
