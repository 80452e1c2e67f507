import { JsonObject, JsonValue } from '@backstage/types';
import { GitHubError } from './GitHubError';

/** The JSON object that a request brings; reading a field as what it is not is answered with 422. */
export class RequestBody {
  readonly fields: JsonObject;

  constructor(fields: JsonObject) {
    this.fields = fields;
  }

  /**
   * @throws GitHubError 400 when the text is no JSON object
   */
  static parse(content: Buffer): RequestBody {
    if (content.length === 0) {
      return new RequestBody({});
    }
    let value: JsonValue;
    try {
      value = JSON.parse(content.toString());
    } catch {
      throw new GitHubError(400, 'Problems parsing JSON');
    }
    if (!isObject(value)) {
      // A few endpoints take a bare list; it is read as the field that the endpoint names otherwise.
      if (Array.isArray(value)) {
        return new RequestBody({ '': value });
      }
      throw new GitHubError(400, 'Body should be a JSON object');
    }
    return new RequestBody(value);
  }

  has(name: string): boolean {
    return this.fields[name] !== undefined && this.fields[name] !== null;
  }

  /** Whether a field is there and null. */
  isNull(name: string): boolean {
    return this.fields[name] === null;
  }

  string(name: string): string | undefined {
    return this.#read(name, 'a string', isString);
  }

  requiredString(name: string): string {
    const value = this.string(name);
    if (value === undefined) {
      throw invalid(`"${name}" wasn't supplied.`);
    }
    return value;
  }

  boolean(name: string): boolean | undefined {
    return this.#read(name, 'a boolean', isBoolean);
  }

  number(name: string): number | undefined {
    return this.#read(name, 'a number', isNumber);
  }

  strings(name: string): string[] | undefined {
    return this.#read(name, 'an array of strings', isStrings);
  }

  object(name: string): RequestBody | undefined {
    const value = this.#read(name, 'an object', isObject);
    return value && new RequestBody(value);
  }

  objects(name: string): RequestBody[] | undefined {
    const list = this.#read(name, 'an array of objects', isObjects);
    return list?.map(fields => new RequestBody(fields));
  }

  /** A string that must be one of some. */
  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.string(name);
    if (value === undefined) {
      return undefined;
    }
    const found = allowed.find(one => one === value);
    if (!found) {
      throw invalid(
        `For 'properties/${name}', ${value} is not a member of ${JSON.stringify(
          allowed,
        )}.`,
      );
    }
    return found;
  }

  #read<T extends JsonValue>(
    name: string,
    what: string,
    is: (value: JsonValue) => value is T,
  ): T | undefined {
    const value = this.fields[name];
    if (value === undefined || value === null) {
      return undefined;
    }
    if (!is(value)) {
      throw invalid(
        `For 'properties/${name}', ${JSON.stringify(value)} is not ${what}.`,
      );
    }
    return value;
  }
}

function invalid(reason: string): GitHubError {
  return new GitHubError(422, `Invalid request.\n\n${reason}`);
}

function isString(value: JsonValue): value is string {
  return typeof value === 'string';
}

function isBoolean(value: JsonValue): value is boolean {
  return typeof value === 'boolean';
}

function isNumber(value: JsonValue): value is number {
  return typeof value === 'number';
}

function isStrings(value: JsonValue): value is string[] {
  return Array.isArray(value) && value.every(isString);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isObjects(value: JsonValue): value is JsonObject[] {
  return Array.isArray(value) && value.every(isObject);
}
