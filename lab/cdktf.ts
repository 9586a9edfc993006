import { appendFileSync, mkdirSync, mkdtempSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { neutralEnvironment } from "./environment";
import { run, tryRun, type RunResult } from "./run";
import { PLACEMENT_VARIABLE } from "./placement";
import type { TerraformProgram } from "./tools/terraform";

/** The project's root. */
export const PROJECT = resolve(__dirname, "..");

/** The program behind `npx cdktf`. */
export const CDKTF_CLI = require.resolve("cdktf-cli/bundle/bin/cdktf");

/** Makes a folder inside the project, which `cdktf` demands, where git ignores it. */
export function newFolderInProject(name: string): string {
  const parent = join(PROJECT, ".lab");
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, `${name}-`));
}

/** State is thrown away with the lab; a mirror may not know the checksums that would be asked for. */
const NO_LOCK = "--skip-provider-lock";

/** How the real `cdktf` is run. */
export interface CdktfProps {
  readonly terraform: TerraformProgram;
  /** For Terraform to find its provider. */
  readonly environment: Readonly<Record<string, string>>;
  /** Synthesized JSON, the log and the hook's journals go here; inside the project. */
  readonly folder: string;
  readonly placementFile: string;
  /** Token for the central Vault. */
  readonly token: string;
}

/** The real `cdktf`, for the lab's app. */
export class Cdktf {
  constructor(private readonly props: CdktfProps) {}

  /** `cdktf deploy '*'`. @returns What Terraform says it did, per stack. */
  async deploy(): Promise<string> {
    const { stdout } = await this.run(["deploy", "*", "--auto-approve", "--parallelism", "2", NO_LOCK]);
    return stdout;
  }

  /** `cdktf diff`, for one stack. @returns The plan, as a reviewer reads it. */
  async diff(stack: string): Promise<string> {
    const { stdout } = await this.run(["diff", stack, NO_LOCK]);
    return stdout;
  }

  /** `cdktf destroy`. @throws Error when Terraform refuses. */
  async destroy(...stacks: readonly string[]): Promise<string> {
    const { stdout } = await this.run(["destroy", ...stacks, "--auto-approve", NO_LOCK]);
    return stdout;
  }

  /** Plans a stack anew, and shows the plan as JSON, as a reviewer's tools would see it. */
  async planJson(stack: string): Promise<string> {
    const cwd = this.stackFolder(stack);
    const { program } = this.props.terraform;
    await run(program, ["plan", "-input=false", "-out=review.tfplan"], { cwd, env: this.environment });
    return (await run(program, ["show", "-json", "review.tfplan"], { cwd, env: this.environment })).stdout;
  }

  /** Plans the destruction of one stack alone. @throws CommandError when Terraform refuses. */
  async planDestroy(stack: string): Promise<void> {
    await run(this.props.terraform.program, ["plan", "-destroy", "-input=false", "-no-color"], {
      cwd: this.stackFolder(stack),
      env: this.environment,
    });
  }

  /** Runs Terraform for a stack, as it was synthesized last. @returns What it prints. @throws CommandError when it fails. */
  async terraform(stack: string, ...args: readonly string[]): Promise<string> {
    const { program } = this.props.terraform;
    const env = { ...this.environment, TF_CLI_ARGS_plan: "-no-color", TF_CLI_ARGS_apply: "-no-color" };
    return (await run(program, args, { cwd: this.stackFolder(stack), env })).stdout;
  }

  /** An output of a deployed stack. */
  async output(stack: string, name: string): Promise<string> {
    const { stdout } = await run(this.props.terraform.program, ["output", "-json", name], {
      cwd: this.stackFolder(stack),
      env: this.environment,
    });
    return JSON.parse(stdout) as string;
  }

  /** What `cdktf` printed. */
  get logFile(): string {
    return join(this.props.folder, "cdktf.log");
  }

  stackFolder(stack: string): string {
    return join(this.outputFolder, "stacks", stack);
  }

  private async run(args: readonly string[]): Promise<RunResult> {
    const app = "node --import tsx lab/app.ts";
    const result = await tryRun(
      process.execPath,
      [CDKTF_CLI, ...args, "--app", app, "--output", relative(PROJECT, this.outputFolder)],
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

  private get outputFolder(): string {
    return join(this.props.folder, "cdktf.out");
  }

  private get environment(): NodeJS.ProcessEnv {
    const { terraform, environment, folder, placementFile, token } = this.props;
    return {
      ...neutralEnvironment(),
      ...environment,
      TERRAFORM_BINARY_NAME: terraform.program,
      [PLACEMENT_VARIABLE]: placementFile,
      VAULT_TOKEN: token,
      TENANT_VAULT_STATE_DIR: join(folder, "hook"),
      CHECKPOINT_DISABLE: "1",
      // Plain lines instead of a screen that redraws itself.
      CI: "true",
    };
  }
}
