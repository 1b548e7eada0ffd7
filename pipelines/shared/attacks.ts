/** @file The attacks that the tables of defences show: one query, several queries of labels alone, reference models. */
import {
  attack,
  type Dataset,
  each,
  type Masks,
  type Models,
  type Node,
  predict,
  type Predictions,
  stats,
} from "../../mod.ts";

/** A zoo with everything that attacks ask for. */
export interface AttackedZoo {
  readonly data: Node<typeof Dataset, "one">;
  readonly masks: Node<typeof Masks, "many">;
  readonly models: Node<typeof Models, "many">;
  readonly logits: Node<typeof Predictions, "many">;
}

/** Single-query attacks, the label-only attack by translations, LiRA and RMIA. */
export function attacksOn({ data, masks, models, logits }: AttackedZoo) {
  const zoo = { data, masks, logits };
  const views = predict({ models, data }, { views: "shifts" }).as("views");
  const mirrored = predict({ models, data }, { views: "mirror" }).as("mirrored");
  return {
    confidence: attack.confidence(zoo),
    modifiedEntropy: attack.modifiedEntropy(zoo),
    augmentation: attack.augmentation({ ...zoo, logits: views }),
    lira: attack.lira({ ...zoo, logits: mirrored }),
    rmia: attack.rmia(zoo),
  };
}

/** How well the attacks do. */
export function successOf(attacks: ReturnType<typeof attacksOn>, data: AttackedZoo["data"]) {
  return each(attacks, (attack) => stats.attackSuccess({ attack, data }));
}
