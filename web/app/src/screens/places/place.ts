// Places on a map that is not ours.

interface Located {
  name?: string;
  latitude?: number | null;
  longitude?: number | null;
  address?: string | null;
}

/** The place on OpenStreetMap, by its position, else by its address; nothing where neither is known. */
export function mapOf({ latitude, longitude, address }: Located): string | null {
  if (latitude != null && longitude != null) {
    return `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=18/${latitude}/${longitude}`;
  }
  return address ? `https://www.openstreetmap.org/search?query=${encodeURIComponent(address)}` : null;
}

/** The place in the phone's own map (RFC 5870; the name as Android's apps read it). */
export function geoOf({ name = "", latitude, longitude }: Located): string | null {
  if (latitude == null || longitude == null) return null;
  const label = encodeURIComponent(name).replace(/[()]/g, "");
  return `geo:${latitude},${longitude}?q=${latitude},${longitude}(${label})`;
}

/** Whether the system opens `geo:` with a map; iOS and desktops do not. */
export function opensGeo(agent: string): boolean {
  return /Android/.test(agent);
}
