import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PROJECT } from "../../../lab/cdktf";
import { run } from "../../../lab/run";

/** What a user installs beside the package: its peers come by themselves. */
const DEPENDENCIES = ["cdktf", "constructs", "tsx", "typescript", "@types/node"];

/** The same version as in this project, so that a test is the same tomorrow. */
function pinned(name: string): string {
  const manifest = readFileSync(join(PROJECT, "node_modules", name, "package.json"), "utf8");
  return `${name}@${(JSON.parse(manifest) as { version: string }).version}`;
}

/** Folder of compiled files in the project. */
export const COMPILED = "compiled";

/** An empty project in which npm has installed the package from its tarball. */
export class UserProject {
  /** Packs the package and installs it, from npm's cache where the cache has what it needs. */
  static async create(): Promise<UserProject> {
    const folder = mkdtempSync(join(tmpdir(), "tenant-vault-package-"));
    const options = { cwd: PROJECT };
    const { stdout } = await run(
      "npm",
      ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder],
      options,
    );
    const project = new UserProject(folder, stdout.trim());
    project.write("package.json", JSON.stringify({ name: "user", private: true }));
    const install = [
      "install",
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
      project.tarball,
      ...DEPENDENCIES.map(pinned),
    ];
    await run("npm", install, { cwd: folder });
    return project;
  }

  private constructor(
    readonly folder: string,
    private readonly tarballName: string,
  ) {}

  /** Path of the packed package. */
  get tarball(): string {
    return this.path(this.tarballName);
  }

  path(...segments: readonly string[]): string {
    return join(this.folder, ...segments);
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text);
  }

  /** Names of what is in a folder, sorted. */
  list(...segments: readonly string[]): string[] {
    return readdirSync(this.path(...segments)).sort();
  }

  /** Compiles files into {@link COMPILED}, with a user's compiler. @throws CommandError if a type is wrong. */
  async compile(files: readonly string[]): Promise<void> {
    const paths = { rootDir: ".", outDir: COMPILED };
    const compilerOptions = { ...paths, strict: true, module: "Node16", target: "ES2022", types: ["node"] };
    this.write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
    await this.node([this.path("node_modules", "typescript", "bin", "tsc"), "--project", "."]);
  }

  /** Runs a program with Node.js, which synthesizes into a folder of the project. @throws CommandError */
  async node(args: readonly string[], outputFolder = "cdktf.out"): Promise<string> {
    const env = { ...process.env, CDKTF_OUTDIR: outputFolder };
    return (await run(process.execPath, args, { cwd: this.folder, env })).stdout;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
