/** @file A real nginx with WebDAV in a folder of its own, on loopback, as docs/guides/remote.md sets one up. */
import { createHash } from "node:crypto";
import { join } from "node:path";

/** Where Debian puts it; it may not be on the path of a user who is not root. */
const PROGRAM = "/usr/sbin/nginx";

/** Whether there is an nginx that can put files; said once where there is not. */
export const hasNginx = await (async () => {
  try {
    const { stderr } = await new Deno.Command(PROGRAM, { args: ["-V"], stderr: "piped", stdout: "null" }).output();
    if (new TextDecoder().decode(stderr).includes("http_dav_module")) return true;
  } catch {
    // Not installed.
  }
  console.warn("No nginx with WebDAV: its tests are skipped (Debian's package nginx-extras has one)");
  return false;
})();

/** A running nginx. Anonymous readers may read; `ci` with the password may write too. */
export class Nginx implements AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  readonly #process: Deno.ChildProcess;

  private constructor(url: string, folder: string, process: Deno.ChildProcess) {
    this.url = url;
    this.folder = folder;
    this.#process = process;
  }

  static async start(password: string): Promise<Nginx> {
    const folder = await Deno.makeTempDir({ prefix: "engram-nginx-" });
    const port = freePort();
    const hash = createHash("sha1").update(password).digest("base64");
    await Deno.mkdir(join(folder, "data"));
    await Deno.writeTextFile(join(folder, "users"), `ci:{SHA}${hash}\n`);
    await Deno.writeTextFile(join(folder, "nginx.conf"), configuration(folder, port));
    await Deno.chmod(folder, 0o755);
    const process = new Deno.Command(PROGRAM, {
      args: ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")],
      stdout: "null",
      stderr: "null",
    }).spawn();
    const url = `http://127.0.0.1:${port}/engram`;
    const nginx = new Nginx(url, folder, process);
    for (let tries = 0; tries < 200; tries++) {
      const answers = await fetch(`${url}/ac/${"0".repeat(64)}`).then(async (answer) => {
        await answer.body?.cancel();
        return true;
      }, () => false);
      if (answers) return nginx;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await nginx[Symbol.asyncDispose]();
    throw new Error("nginx did not begin to answer");
  }

  /** How many files lie below a folder of its data. */
  async count(below: string): Promise<number> {
    const names = await Array.fromAsync(Deno.readDir(join(this.folder, "data/engram", below)));
    return names.length;
  }

  /** The lines of its log. */
  async log(): Promise<string[]> {
    return (await Deno.readTextFile(join(this.folder, "access.log"))).trim().split("\n");
  }

  /** Ends it in the middle of whatever it does. */
  async kill(): Promise<void> {
    try {
      this.#process.kill("SIGTERM"); // which nginx takes for a fast shutdown
    } catch {
      // It has ended.
    }
    await this.#process.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.folder, { recursive: true });
  }
}

function configuration(folder: string, port: number): string {
  return `
worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
${Deno.uid() === 0 ? "user root;" : ""}
events { worker_connections 256; }
http {
  access_log ${folder}/access.log;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port};
    location ~ ^/engram/(ac|cas)/[0-9a-f]+$ {
      root ${folder}/data;
      dav_methods PUT;
      create_full_put_path on;
      client_max_body_size 0;
      limit_except GET HEAD {
        auth_basic "engram";
        auth_basic_user_file ${folder}/users;
      }
    }
  }
}
`;
}

/** A port that nobody listens to at this moment. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
