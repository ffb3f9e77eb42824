// The service at the door: each question is one POST of a JSON object.

import { refusal } from "./words";

export class Refused extends Error {
  constructor(readonly code: string, facts: Record<string, string | number>) {
    super(refusal(code, facts));
  }
}

export interface Look {
  tenant: string;
  slug: string;
  language: string;
  title: string;
  room: string;
  name: string;
  guest: boolean;
  leads: boolean;
}

export interface Joined {
  token?: string;
  address?: string;
  waiting?: string;
}

export interface Lobby {
  waiting: { ticket: string; name: string }[];
}

export async function ask<Answer>(what: string, words: Record<string, string>): Promise<Answer> {
  let answer: Response;
  try {
    answer = await fetch(`api/${what}`, { method: "POST", body: JSON.stringify(words) });
  } catch {
    throw new Refused("later", {});
  }
  const told = await answer.json().catch(() => ({ error: "later" }));
  if (!answer.ok) throw new Refused(told.error, told);
  return told as Answer;
}
