/** A series that a panel shows. */
export interface Query {
  /** PromQL. */
  readonly expr: string;
  /** Name of each line, such as `{{pod}}`. */
  readonly legend: string;
}

/** A value that a panel shows as a coloured word. */
interface ValueWord {
  readonly value: 0 | 1;
  readonly text: string;
  readonly color: "green" | "red" | "blue";
}

/** Colour of a stat from a value on. */
interface Threshold {
  /** @default - from the lowest value on */
  readonly from?: number;
  readonly color: "green" | "orange" | "red";
}

/** A panel without a position. */
export interface Panel {
  readonly type: "row" | "stat" | "timeseries" | "state-timeline";
  readonly title: string;
  /** Columns, of 24. */
  readonly width: number;
  /** Lines of about 30 pixels. */
  readonly height: number;
  readonly queries: readonly Query[];
  /** Explanation, if the title is not enough. */
  readonly description?: string;
  /** Grafana's name of the unit. */
  readonly unit?: string;
  readonly words?: readonly ValueWord[];
  readonly thresholds?: readonly Threshold[];
  readonly shows?: "value" | "name";
}

type PanelOptions = Partial<Pick<Panel, "width" | "description" | "unit" | "words" | "thresholds" | "shows">>;

/** Creates a heading for the following panels. */
export function row(title: string): Panel {
  return { type: "row", title, width: 24, height: 1, queries: [] };
}

/** Creates a panel with the latest values. */
export function stat(title: string, query: Query, options: PanelOptions = {}): Panel {
  return { type: "stat", title, width: 4, height: 4, queries: [query], ...options };
}

/** Creates a panel with values over time as lines. */
export function graph(title: string, queries: readonly Query[], options: PanelOptions = {}): Panel {
  return { type: "timeseries", title, width: 8, height: 8, queries, ...options };
}

/** Creates a panel with states over time as bars. */
export function timeline(title: string, query: Query, words: readonly ValueWord[]): Panel {
  return { type: "state-timeline", title, width: 12, height: 6, queries: [query], words };
}

/** Columns of Grafana's grid. */
const COLUMNS = 24;
/** Variable of the data source. It has no braces, because Terraform would interpret `${...}`. */
const DATASOURCE = { type: "prometheus", uid: "$datasource" };

/** Arranges panels in rows, in their order, as Grafana's JSON. */
export function arrange(panels: readonly Panel[]): object[] {
  let x = 0;
  let y = 0;
  let lineHeight = 0;
  return panels.map((panel, index) => {
    if (x + panel.width > COLUMNS) {
      x = 0;
      y += lineHeight;
      lineHeight = 0;
    }
    const gridPos = { x, y, w: panel.width, h: panel.height };
    x += panel.width;
    lineHeight = Math.max(lineHeight, panel.height);
    return { id: index + 1, gridPos, ...render(panel) };
  });
}

function render({ type, title, description, queries, ...panel }: Panel): object {
  if (type === "row") return { type, title, collapsed: false, panels: [] };
  return {
    type,
    title,
    ...(description === undefined ? {} : { description }),
    datasource: DATASOURCE,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + index),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
    })),
    fieldConfig: { defaults: fieldDefaults(panel), overrides: [] },
    ...(type === "stat"
      ? { options: { textMode: panel.shows ?? "auto", reduceOptions: { calcs: ["lastNotNull"] } } }
      : {}),
  };
}

function fieldDefaults({ unit, words, thresholds }: Pick<Panel, "unit" | "words" | "thresholds">): object {
  return {
    ...(unit === undefined ? {} : { unit }),
    ...(words === undefined
      ? {}
      : {
          mappings: [
            {
              type: "value",
              options: Object.fromEntries(words.map(({ value, text, color }) => [value, { text, color }])),
            },
          ],
        }),
    ...(thresholds === undefined
      ? {}
      : {
          thresholds: {
            mode: "absolute",
            steps: thresholds.map(({ from, color }) => ({ value: from ?? null, color })),
          },
        }),
  };
}
