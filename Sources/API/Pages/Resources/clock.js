// What depends on now, by the server's clock: a wait must not depend on how this device is set.

let skew = 0;

/** Takes the `Date` of an answer; it has whole seconds, so small differences are none. */
export function heardAt(header) {
  const server = Date.parse(header ?? "");
  if (Number.isNaN(server)) return;
  const difference = server - Date.now();
  skew = Math.abs(difference) > 2_000 ? difference : 0;
}

export const now = () => Date.now() + skew;

/** A moment on the clinic's clock; with its day where that is not today. */
export function clockTime(iso, zone, language) {
  if (!iso) return "";
  const moment = new Date(iso);
  const options = { hour: "2-digit", minute: "2-digit", timeZone: zone };
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
  if (day.format(moment) !== day.format(new Date(now()))) {
    Object.assign(options, { weekday: "short", day: "numeric", month: "short" });
  }
  return new Intl.DateTimeFormat(language, options).format(moment);
}

/** A moment as a day and a time, in words. */
export function dayAndTime(iso, zone, language) {
  const options = { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZone: zone };
  return new Intl.DateTimeFormat(language, options).format(new Date(iso));
}

const minuteMilliseconds = 60_000;

export const wholeMinutes = (milliseconds) => Math.max(0, Math.floor(milliseconds / minuteMilliseconds));

/** `12 minutes`, `1 hour 5 minutes`, in any language; below a minute still 0 minutes. */
export function duration(milliseconds, language, display = "long") {
  const all = wholeMinutes(milliseconds);
  const unit = (value, name) =>
    new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: display }).format(value);
  const [hours, minutes] = [Math.floor(all / 60), all % 60];
  if (hours === 0) return unit(minutes, "minute");
  return minutes === 0 ? unit(hours, "hour") : `${unit(hours, "hour")} ${unit(minutes, "minute")}`;
}
