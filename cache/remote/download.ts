/**
 * @file Takes one object from the server: straight to the disk, whatever its size; checked against the SHA-256 of its
 * bytes, its seal and the digest of what it says; and published only then.
 */
import { createHash } from "node:crypto";
import { Spool } from "../spool.ts";
import type { Home } from "../upstream.ts";
import { checkObject } from "../verify_object.ts";
import type { Blob256 } from "./action_result.ts";
import type { Client } from "./client.ts";
import { RemoteError } from "./errors.ts";
import type { RemoteLayout } from "./layout.ts";

/** Brings an object into the store; false if the server has none. Throws RemoteError or StoreWriteError. */
export async function download(
  client: Client,
  remote: RemoteLayout,
  { layout, publisher }: Home,
  digest: string,
  { sha256, bytes }: Blob256,
): Promise<boolean> {
  return await client.download(remote.blob(sha256), bytes, async (fill) => {
    await using spool = await Spool.begin(layout.temporary);
    const hash = createHash("sha256");
    await fill({
      append: async (piece) => {
        hash.update(piece);
        await spool.append(piece);
      },
    });
    if (hash.digest("hex") !== sha256) throw new RemoteError("it sent other bytes than it was asked for", "damaged");
    const { reason } = await checkObject(spool.path, digest);
    if (reason !== undefined) throw new RemoteError(`it sent an object that cannot be used: ${reason}`, "damaged");
    await publisher.publish(spool, layout.object(digest));
  });
}
