import type { Construct } from "constructs";
import { isCronSchedule } from "../../core/cron";
import { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import type { Product } from "../../core/product";
import type { DynamicDbStaticRoleProps } from "./dynamic-db-props";

const DEFAULT_PERIOD = Duration.hours(24);
/** A server refuses a shorter one. */
const LEAST_WINDOW = Duration.hours(1);

/** When the instance changes the password of a static role, as arguments of Terraform. */
export interface StaticRotation {
  readonly rotationPeriod?: number;
  readonly rotationSchedule?: string;
  readonly rotationWindow?: number;
}

/** When the instance changes the password of a static role, with defaults. @throws ValidationError as {@link checkStaticRotation}. */
export function staticRotation(role: DynamicDbStaticRoleProps, product: Product, scope: Construct): StaticRotation {
  checkStaticRotation(role, product, scope);
  const { rotationPeriod = DEFAULT_PERIOD, rotationSchedule, rotationWindow } = role;
  if (rotationSchedule === undefined) return { rotationPeriod: rotationPeriod.toSeconds() };
  return { rotationSchedule, rotationWindow: rotationWindow?.toSeconds() };
}

/** @throws ValidationError if a static role has a period and a schedule, or a schedule that its instance does not know. */
export function checkStaticRotation(role: DynamicDbStaticRoleProps, product: Product, scope?: Construct): void {
  const { name, rotationPeriod, rotationSchedule, rotationWindow } = role;
  const refuse = (problem: string): ValidationError =>
    new ValidationError("db-rotation", `The static database role ${name} ${problem}.`, scope);
  if (rotationSchedule === undefined) {
    if (rotationWindow !== undefined) throw refuse("has a rotationWindow without a schedule; add rotationSchedule");
    return;
  }
  if (product === "openbao")
    throw refuse("has a rotationSchedule, which OpenBao does not know; write rotationPeriod, or use the product vault");
  if (rotationPeriod !== undefined) throw refuse("has a rotationPeriod and a rotationSchedule; remove one of them");
  if (!isCronSchedule(rotationSchedule))
    throw refuse(
      `has the rotationSchedule "${rotationSchedule}"; write the five fields of cron, such as "0 3 * * SAT"`,
    );
  if (rotationWindow !== undefined && LEAST_WINDOW.isLongerThan(rotationWindow))
    throw refuse(`has a rotationWindow of ${rotationWindow.toString()}; write at least ${LEAST_WINDOW.toString()}`);
}
