import { appendFileSync, existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { compile } from "./compile";
import { neutralEnvironment } from "./environment";
import { run, tryRun, type RunResult } from "./run";
import { PLACEMENT_VARIABLE } from "./placement";
import type { TerraformProgram } from "./tools/terraform";

/** Root folder of the project. */
export const PROJECT = resolve(__dirname, "..");

/** The program behind `npx cdktf`. */
export const CDKTF_CLI = require.resolve("cdktf-cli/bundle/bin/cdktf");

/** Variable with the folder for labs. It has to be inside the project, as `cdktf` requires. */
export const FOLDER_VARIABLE = "TENANT_VAULT_LAB_FOLDER";

/** Creates a folder for a lab. Git ignores it. */
export function newFolderInProject(name: string): string {
  const parent = process.env[FOLDER_VARIABLE] ?? join(PROJECT, ".lab");
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, `${name}-`));
}

/** The lab discards its state, and a mirror may lack the checksums for a lock file. */
const NO_LOCK = "--skip-provider-lock";

/** Properties of {@link Cdktf}. */
export interface CdktfProps {
  readonly terraform: TerraformProgram;
  /** Variables by which Terraform finds its providers. */
  readonly environment: Readonly<Record<string, string>>;
  /** Folder inside the project for the synthesized JSON, the log and the hook's journals. */
  readonly folder: string;
  readonly placementFile: string;
  readonly tenantFile: string;
  /** Where {@link Placement} expects it compiled. */
  readonly compiledTenantFile: string;
  /** Token for the central Vault. */
  readonly token: string;
}

/** Runs the real `cdktf` with the lab's app. */
export class Cdktf {
  constructor(private readonly props: CdktfProps) {}

  /** Applies the stack `central` the first time, then runs `cdktf deploy '*'`. @returns The output of Terraform per stack. */
  async deploy(): Promise<string> {
    if (!existsSync(this.stackFolder("central"))) await this.apply("central");
    const { stdout } = await this.run(["deploy", "*", "--auto-approve", "--parallelism", "2", NO_LOCK]);
    return stdout;
  }

  /** Runs `cdktf diff` for one stack. @returns The plan as text. */
  async diff(stack: string): Promise<string> {
    const { stdout } = await this.run(["diff", stack, NO_LOCK]);
    return stdout;
  }

  /**
   * Synthesizes and plans a stack that was deployed before, without the program `cdktf`, which takes longer than both.
   *
   * @returns The plan as text. Terraform finds it in the file "plan".
   */
  async plan(stack: string): Promise<string> {
    await this.synthesize();
    return this.terraform(stack, "plan", "-input=false", "-out=plan");
  }

  /** Synthesizes, and applies stacks, one after the other, also without the program `cdktf`. */
  async apply(...stacks: readonly string[]): Promise<void> {
    await this.synthesize();
    for (const stack of stacks) {
      if (!existsSync(join(this.stackFolder(stack), ".terraform"))) await this.terraform(stack, "init", "-input=false");
      await this.terraform(stack, "apply", "-input=false", "-auto-approve");
    }
  }

  /** Runs `cdktf destroy`. @throws Error if Terraform refuses. */
  async destroy(...stacks: readonly string[]): Promise<string> {
    const { stdout } = await this.run(["destroy", ...stacks, "--auto-approve", NO_LOCK]);
    return stdout;
  }

  /** Synthesizes without the program `cdktf`. */
  async synthesize(): Promise<void> {
    this.compileApp();
    await run(process.execPath, [this.app], {
      cwd: PROJECT,
      env: { ...this.environment, CDKTF_OUTDIR: this.outputFolder },
    });
  }

  /** Creates a new plan of a stack. @returns The plan as JSON, for the tools of reviewers. */
  async planJson(stack: string): Promise<string> {
    const cwd = this.stackFolder(stack);
    const { program } = this.props.terraform;
    await run(program, ["plan", "-input=false", "-out=review.tfplan"], { cwd, env: this.environment });
    return (await run(program, ["show", "-json", "review.tfplan"], { cwd, env: this.environment })).stdout;
  }

  /** Plans the destruction of one stack alone. @throws CommandError if Terraform refuses. */
  async planDestroy(stack: string): Promise<void> {
    await run(this.props.terraform.program, ["plan", "-destroy", "-input=false", "-no-color"], {
      cwd: this.stackFolder(stack),
      env: this.environment,
    });
  }

  /** Compiles the lab's app and the tenant file, which tests change. @returns The command line that synthesizes. */
  compileApp(): string {
    compile(join(PROJECT, "lab", "app.ts"), this.app);
    compile(this.props.tenantFile, this.props.compiledTenantFile);
    return `node ${this.app}`;
  }

  /** Runs Terraform for a stack, as it was synthesized last. @returns What it prints. @throws CommandError if it fails. */
  async terraform(stack: string, ...args: readonly string[]): Promise<string> {
    const { program } = this.props.terraform;
    const env = { ...this.environment, TF_CLI_ARGS_plan: "-no-color", TF_CLI_ARGS_apply: "-no-color" };
    return (await run(program, args, { cwd: this.stackFolder(stack), env })).stdout;
  }

  /** Reads an output of a deployed stack. */
  async output(stack: string, name: string): Promise<string> {
    const { stdout } = await run(this.props.terraform.program, ["output", "-json", name], {
      cwd: this.stackFolder(stack),
      env: this.environment,
    });
    return JSON.parse(stdout) as string;
  }

  /** File with the output of `cdktf`. */
  get logFile(): string {
    return join(this.props.folder, "cdktf.log");
  }

  stackFolder(stack: string): string {
    return join(this.outputFolder, "stacks", stack);
  }

  private async run(args: readonly string[]): Promise<RunResult> {
    const result = await tryRun(
      process.execPath,
      [CDKTF_CLI, ...args, "--app", this.compileApp(), "--output", relative(PROJECT, this.outputFolder)],
      {
        cwd: PROJECT,
        env: this.environment,
        onOutput: (text) => appendFileSync(this.logFile, text),
      },
    );
    if (result.code !== 0)
      throw new Error(
        `cdktf ${args.join(" ")} failed; the end of ${this.logFile}:\n${result.stdout.trim().split("\n").slice(-30).join("\n")}`,
      );
    return result;
  }

  private get app(): string {
    return join(this.props.folder, "app.cjs");
  }

  private get outputFolder(): string {
    return join(this.props.folder, "cdktf.out");
  }

  /** What it runs with: nothing of the operator's own deployments. */
  get environment(): NodeJS.ProcessEnv {
    const { terraform, environment, folder, placementFile, token } = this.props;
    return {
      ...neutralEnvironment(),
      ...environment,
      TERRAFORM_BINARY_NAME: terraform.program,
      [PLACEMENT_VARIABLE]: placementFile,
      VAULT_TOKEN: token,
      TENANT_VAULT_STATE_DIR: join(folder, "hook"),
      CHECKPOINT_DISABLE: "1",
      // With CI set, cdktf prints plain lines instead of redrawing the screen.
      CI: "true",
    };
  }
}
