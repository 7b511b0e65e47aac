// Types of the phone's API, made from docs/reference/openapi.json by `npm run api`.
export interface paths {
    "/api/calendar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The address of a calendar of a data set that has a time, for a calendar program to subscribe to: whoever has it reads the calendar, for 400 days or until it is revoked. Parameters of the data set's own are fields of the form too. */
        post: operations["subscribe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/calendar/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A calendar (RFC 5545), asked of the source each time where it is a person's; of a public data set, with its parameters and `language` as query parameters. */
        get: operations["calendar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/calendar/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Voids all addresses of calendars that the person has so far. */
        post: operations["revokeCalendars"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/channel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goes over to a channel that the person tests, or back to `production`; a native app sends `Preau-Channel` instead. */
        post: operations["channel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Several data sets in one round trip, each with its own status. */
        get: operations["several"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/data/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The items of a data set. A 304 says that the client's items are current whatever their age: `Age` and the `ttl` of `Cache-Status` tell it. Parameters of the data set's own (see the manifest) are query parameters too. */
        get: operations["data"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/explain/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Why a data set is empty or old: rights, state of the source, age, rejected records, and a sentence in French and English. */
        get: operations["explain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public keys of manifests, a JWK set (RFC 7517). */
        get: operations["keys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Starts a sign-in in a browser, which comes back to `return` with cookies. A native app gives `redirect_uri`, `code_challenge` (S256) and `state`, and gets a `code` there. */
        get: operations["login"];
        put?: never;
        /** User and password, from the page that GET /api/login shows where the school has no sign-on of its own (LDAP). */
        post: operations["submitLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/login/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the identity provider sends the browser back to (OpenID Connect, CAS). */
        get: operations["callback"];
        put?: never;
        /** Where the identity provider's page posts its answer (SAML), and a CAS server its single logout. */
        post: operations["postedCallback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/login/metadata": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The service provider's metadata (SAML). */
        get: operations["metadata"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/login/notice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Where the identity provider tells who signed out (OpenID Connect Back-Channel Logout). */
        post: operations["notice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/login/proxy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a CAS server leaves proxy-granting tickets (`pgtUrl`). */
        get: operations["proxy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the campus's app is: name, theme, screens, data sets with their lifetimes. Signed: `Signature` covers `Content-Digest` (RFC 9421), with a key of /api/keys. */
        get: operations["manifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who asks, and what they may do: roles, channels, and for each data set `allowed` or the problem that reading it would be. */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/elsewhere": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A code that carries the web app's session to another cell of the campus; good for a minute, once at each. */
        post: operations["elsewhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs out. `provider` is where the browser signs out at the identity provider too. */
        post: operations["end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/here": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in at this cell with a code of another one: sets its cookies. Pages of the campus at its other cells may ask. */
        post: operations["here"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tokens anew, until the session's absolute end: cookies for the web app (204), JSON for a native app, which proves its key. A refresh token may be used again. */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A native app's first tokens, with a proof of its key in `DPoP` (RFC 9449). A 401 brings the nonce that proofs need. */
        post: operations["token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who changed what, when, before and after, in the order of time; CSV with `Accept: text/csv`. For admins and operators. */
        get: operations["staffAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is published, where each channel points, and where it pointed before. For admins and operators. */
        get: operations["staffChannels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/conflicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Changes of one value that did not see each other; the last one is in force. For admins and operators. */
        get: operations["staffConflicts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/lifetimes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Changes lifetimes of a scope, at once and everywhere; none of them goes back to what is declared. For admins and operators. `replicated` says whether another cell has it too. */
        post: operations["staffLifetimes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/promote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Points a channel at what another one shows. For admins and operators. */
        post: operations["staffPromote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/purge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Forgets what servers keep of a scope, everywhere. For admins and operators. */
        post: operations["staffPurge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Points a channel back at what it showed before. For admins and operators. */
        post: operations["staffRollback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends all sessions of a person; for staff with the role support, admin or operator. */
        post: operations["staffSignOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The state of each source of the campus, as real traffic saw it. */
        get: operations["status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process runs. */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts in the OpenMetrics text format; to the machine itself only. */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document. */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether requests should be sent here: at least one campus is served and the node is not about to stop (200), or not (503). `writes` says whether its journal answers. */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Absences
         * @description Classes that a person missed or came late to, and whether the school accepts the reason.
         */
        absences: {
            /** @description Whole days count, the times of `start` and `end` do not. */
            all_day?: boolean;
            /** @description The code of the course: `INF301`. */
            course?: string;
            /**
             * Format: date-time
             * @description When it ended; of whole days, the midnight after the last.
             */
            end?: string;
            /** @description Unique within the data set and the same at each fetch: changes are found by it. The absence's key in the records of students. */
            id: string;
            /** @description Whether the school accepts the reason; absent while it has not decided. */
            justified?: boolean;
            /**
             * Format: date
             * @description The last day to hand in a reason.
             */
            justify_by?: string;
            /** @description How long the person was missing, in minutes. */
            minutes?: number;
            /** @description What the school adds. */
            note?: string;
            /** @description The reason given: `Maladie`. */
            reason?: string;
            /**
             * Format: date-time
             * @description When the absence began.
             */
            start: string;
            /** @description Who noted it. */
            teacher?: string;
            /** @description What was missed: the subject, `Journée entière`. */
            title: string;
            /**
             * @description `absence` without it.
             * @enum {string}
             */
            type?: "absence" | "lateness" | "exclusion";
            /**
             * Format: uri
             * @description Where to hand in a reason.
             */
            url?: string;
        };
        answer: {
            /**
             * Format: date-time
             * @description When the source was last known to say this
             */
            as_of: string;
            /**
             * Format: date-time
             * @description Until when the server answers without asking the source
             */
            fresh_until: string;
            items: (components["schemas"]["news"] | components["schemas"]["notices"] | components["schemas"]["events"] | components["schemas"]["posts"] | components["schemas"]["timetable"] | components["schemas"]["courses"] | components["schemas"]["grades"] | components["schemas"]["absences"] | components["schemas"]["profile"] | components["schemas"]["documents"] | components["schemas"]["directory"] | components["schemas"]["loans"] | components["schemas"]["opening"] | components["schemas"]["menus"] | components["schemas"]["departures"] | components["schemas"]["places"] | components["schemas"]["pages"] | components["schemas"]["links"] | components["schemas"]["item"])[];
            /** @description What the items are: a kind of Préau's, or one that the campus declares */
            kind: string;
            /** @description The cursor of the next page, where there is one */
            next?: string;
        };
        /**
         * Courses
         * @description The courses a person follows, as the learning platform (Moodle …) lists them, each leading there.
         */
        courses: {
            /** @description The heading it stands under: `Licence 3 Informatique`. */
            category?: string;
            /** @description Its code in the records of students: `INF301`. */
            code?: string;
            /** @description Its ECTS credits. */
            ects?: number;
            /**
             * Format: date
             * @description Its last day; phones put ended courses aside.
             */
            end?: string;
            /** @description Unique within the data set and the same at each fetch: changes are found by it. The course's number on the platform. */
            id: string;
            /**
             * Format: uri
             * @description Its picture.
             */
            image?: string;
            /** @description How much of it the person completed, in percent. */
            progress?: number;
            /**
             * Format: date
             * @description Its first day.
             */
            start?: string;
            /** @description What it is about, in one or two sentences. */
            summary?: string;
            /** @description Who teaches; several people joined by a comma. */
            teacher?: string;
            /** @description The semester or term: `S5`. */
            term?: string;
            /** @description The course's name. */
            title: string;
            /**
             * Format: uri
             * @description The course on the platform.
             */
            url?: string;
            /** @description The academic year: `2026-2027`. */
            year?: string;
        };
        /**
         * Departures
         * @description The next departures at stops near the campus, timetabled or in real time.
         */
        departures: {
            /** @description Whether a wheelchair can board. */
            accessible?: boolean;
            /** @description It does not run. */
            cancelled?: boolean;
            /** @description The line's colour: `#0a7d3c`. */
            colour?: string;
            /** @description Where it goes. */
            destination: string;
            /**
             * Format: date-time
             * @description When it is expected to leave, in real time.
             */
            expected?: string;
            /** @description Unique within the data set and the same at each fetch: changes are found by it. The trip, the stop and the day together. */
            id: string;
            /** @description The line as its signs show it: `C1`. */
            line: string;
            /**
             * @description What runs.
             * @enum {string}
             */
            mode?: "bus" | "coach" | "tram" | "metro" | "train" | "ferry" | "cable" | "bike" | "other";
            /** @description What disturbs it. */
            note?: string;
            /** @description The platform or the quay. */
            platform?: string;
            /**
             * Format: date-time
             * @description When it should leave; sources of real time alone give `expected` here.
             */
            scheduled: string;
            /** @description Where it leaves. */
            stop?: string;
            /** @description The stop's code at the operator. */
            stop_id?: string;
        };
        /**
         * Directory
         * @description People and services that one may need to reach. Leave out who asked not to be listed.
         */
        directory: {
            /** @description One heading by which readers filter: `Enseignants`, `Services`. */
            category?: string;
            /** @description E-mail address. */
            email?: string;
            /** @description First name of a person. */
            first_name?: string;
            /** @description When to find them, in words. */
            hours?: string;
            /** @description Unique within the data set and the same at each fetch: changes are found by it. The directory's `uid` or `supannEmpId`; an e-mail address changes with a name. */
            id: string;
            /** @description Last name of a person, by which lists are ordered. */
            last_name?: string;
            /** @description What is shown: first and last name, or the service. */
            name: string;
            /** @description Where to find them: building and room. */
            office?: string;
            /** @description Telephone number, with the country's prefix if it may be called from abroad. */
            phone?: string;
            /**
             * Format: uri
             * @description Their picture.
             */
            photo?: string;
            /** @description What they do: `Maîtresse de conférences`. */
            role?: string;
            /** @description Where they belong: `UFR Informatique`. */
            service?: string;
            /**
             * Format: uri
             * @description Their page.
             */
            url?: string;
        };
        /**
         * Documents
         * @description Papers that the school holds for a person or asks of them: certificates, transcripts, agreements.
         */
        documents: {
            /** @description One heading: `Scolarité`, `Stages`, `Finances`. */
            category?: string;
            /**
             * Format: date
             * @description The day it was issued, or requested.
             */
            date?: string;
            /**
             * Format: date
             * @description The last day to hand it in.
             */
            due?: string;
            /** @description What the file is: `PDF`. */
            format?: string;
            /** @description Unique within the data set and the same at each fetch: changes are found by it. The document's key; its address may carry a signature that changes each time. */
            id: string;
            /** @description What the school adds. */
            note?: string;
            /** @description The size of the file, in bytes. */
            size?: number;
            /**
             * @description `available` without it; `requested` is a paper that the person has to hand in.
             * @enum {string}
             */
            status?: "available" | "pending" | "requested" | "refused" | "expired";
            /** @description What the document is. */
            title: string;
            /**
             * Format: uri
             * @description Where to open it, or to hand it in.
             */
            url?: string;
            /** @description The academic year it is about: `2026-2027`. */
            year?: string;
        };
        /**
         * Events
         * @description What happens on campus and is open to whoever reads it: lectures, concerts, fairs, open days.
         */
        events: {
            /** @description How to find the place: street and town. */
            address?: string;
            /** @description Whole days count, the times of `start` and `end` do not. */
            all_day?: boolean;
            /** @description It does not take place but is still announced. */
            cancelled?: boolean;
            /** @description One heading by which readers filter: `Conférence`. */
            category?: string;
            /** @description The whole announcement. */
            content?: string;
            /**
             * Format: date-time
             * @description When it ends; of whole days, the midnight after the last.
             */
            end?: string;
            /** @description Unique within the data set and the same at each fetch: changes are found by it. A calendar's `UID`; where one event has several dates, the event's id and the date together. */
            id: string;
            /**
             * Format: uri
             * @description A picture or a poster.
             */
            image?: string;
            /** @description Who runs it. */
            organizer?: string;
            /** @description Where: a hall, a building, `En ligne`. */
            place?: string;
            /** @description What it costs, in words: `Gratuit`, `5 € / 3 €`. */
            price?: string;
            /**
             * Format: date-time
             * @description When it begins.
             */
            start: string;
            /** @description One or two sentences for the list. */
            summary?: string;
            /** @description What happens. */
            title: string;
            /**
             * Format: uri
             * @description The event's page, or where to sign up.
             */
            url?: string;
        };
        explanation: {
            account?: null | {
                complaints: {
                    field: string;
                    reason: string;
                    record: number;
                    rejected: boolean;
                }[];
                mapped: number;
                omitted: number;
                received: number;
                rejected: number;
            };
            allowed: boolean;
            audience: string;
            cache?: {
                /** Format: date-time */
                as_of: string | null;
                /** Format: date-time */
                fresh_until: string | null;
                /** Format: date-time */
                next_try: string | null;
                /** Format: date-time */
                usable_until: string | null;
            };
            items?: number | null;
            kind: string;
            login: null | {
                /** @description Failures since the last success */
                failing: number;
                last_failure: null | {
                    /** Format: date-time */
                    at: string;
                    /** @enum {string} */
                    kind: "unavailable" | "refused" | "rejected" | "malformed";
                    /** @description Told to operators only */
                    message?: null;
                };
                /** Format: date-time */
                last_success: string | null;
                method: string;
                /** @enum {string} */
                state: "unknown" | "ok" | "failing";
            };
            name: string;
            /** @description This and what follows: for who may read the set */
            parameters?: {
                [key: string]: string;
            };
            /** @description Of a personal set: whether the school lets servers keep a sealed copy */
            server_copy?: boolean;
            signed_in: boolean;
            source?: {
                last_failure: null | {
                    /** Format: date-time */
                    at: string;
                    /** @enum {string} */
                    kind: "unavailable" | "refused" | "rejected" | "malformed";
                    /** @description Told to operators only */
                    message?: null;
                };
                /** Format: date-time */
                last_success: string | null;
                name: string;
                /** @enum {string} */
                state: "unknown" | "ok" | "failing";
            };
            why: {
                en: string;
                fr: string;
                reason: string;
            };
        };
        /**
         * Grades
         * @description Marks and results, flat: the tree of year, term, unit, course and exam is rebuilt from the fields of these names. Map published marks only: the school's own flag decides, not the presence of a mark.
         */
        grades: {
            /** @description The average of the class, out of the same `out_of`. */
            class_average?: number;
            /** @description Its weight among the marks beside it. */
            coefficient?: number;
            /** @description What the examiner wrote. */
            comment?: string;
            /** @description The course's name or code, as in the timetable where possible. */
            course?: string;
            /**
             * Format: date
             * @description The day of the exam, or of the result.
             */
            date?: string;
            /** @description ECTS credits earned with it. */
            ects?: number;
            /** @description Unique within the data set and the same at each fetch: changes are found by it. The exam's or the result's key together with its session. */
            id: string;
            /**
             * @description What the mark sums up; `exam` without it.
             * @enum {string}
             */
            level?: "exam" | "course" | "unit" | "term" | "year";
            /** @description The highest mark of the class. */
            max?: number;
            /** @description The lowest mark of the class. */
            min?: number;
            /** @description The best possible mark: 20. */
            out_of?: number;
            /** @description The place within the class, where the school tells it. */
            rank?: number;
            /** @description What stands beside or instead of a number: `ADM`, `B`, `Validé`. */
            result?: string;
            /** @description 1, or 2 for a resit. */
            session?: number;
            /**
             * @description `published` without it; `excused` is an accepted absence, `exempt` a mark that is not due.
             * @enum {string}
             */
            status?: "published" | "pending" | "absent" | "excused" | "exempt";
            /** @description The semester or term: `S5`. */
            term?: string;
            /** @description What was marked: `Partiel`, `Moyenne du semestre`. */
            title: string;
            /** @description The teaching unit: `UE51 Informatique`. */
            unit?: string;
            /** @description The mark; absent while unmarked, or where only `result` says it. */
            value?: number;
            /** @description The academic year: `2026-2027`. */
            year?: string;
        };
        /** @description An item of a kind that the campus declares; `fields` of the manifest tells what else it has */
        item: {
            id: string;
        } & {
            [key: string]: unknown;
        };
        /** @description An item of each kind, by the kind's name */
        kinds: {
            absences: components["schemas"]["absences"];
            courses: components["schemas"]["courses"];
            departures: components["schemas"]["departures"];
            directory: components["schemas"]["directory"];
            documents: components["schemas"]["documents"];
            events: components["schemas"]["events"];
            grades: components["schemas"]["grades"];
            links: components["schemas"]["links"];
            loans: components["schemas"]["loans"];
            menus: components["schemas"]["menus"];
            news: components["schemas"]["news"];
            notices: components["schemas"]["notices"];
            opening: components["schemas"]["opening"];
            pages: components["schemas"]["pages"];
            places: components["schemas"]["places"];
            posts: components["schemas"]["posts"];
            profile: components["schemas"]["profile"];
            timetable: components["schemas"]["timetable"];
        };
        /**
         * Links
         * @description Doors to what the app does not show itself: mail, the learning platform, payment, help in an emergency.
         */
        links: {
            /** @description One heading it stands under: `Urgences`. */
            category?: string;
            /** @description Unique within the data set and the same at each fetch: changes are found by it. Any word of the school's own; the address may change. */
            id: string;
            /**
             * Format: uri
             * @description An icon.
             */
            image?: string;
            /** @description Its place under the heading, from 1. */
            order?: number;
            /** @description What one can do there. */
            summary?: string;
            /** @description What the link leads to. */
            title: string;
            /**
             * Format: uri
             * @description Where it leads: a page, `mailto:` or `tel:`.
             */
            url: string;
        };
        /**
         * Loans
         * @description What a person borrowed or asked for: books, computers, keys.
         */
        loans: {
            /** @description Who wrote it. */
            author?: string;
            /**
             * Format: date
             * @description The day it was lent.
             */
            borrowed?: string;
            /** @description Its place on the shelves: `004.6 TAN`. */
            call_number?: string;
            /**
             * Format: date
             * @description The last day to return it, or to collect it.
             */
            due?: string;
            /** @description The hour of that day, for short loans. */
            due_time?: string;
            /** @description What is owed for it, in words: `2,40 €`. */
            fee?: string;
            /** @description Unique within the data set and the same at each fetch: changes are found by it. The number of the loan (Koha's `checkout_id`), not of the copy, which others borrow next. */
            id: string;
            /**
             * Format: uri
             * @description Its cover.
             */
            image?: string;
            /** @description Where it was lent, or waits. */
            library?: string;
            /** @description The person's place in the queue for what they asked for. */
            position?: number;
            /** @description Whether the person may keep it longer. */
            renewable?: boolean;
            /** @description How many times it was renewed. */
            renewals?: number;
            /**
             * @description `loaned` without it; `ready` waits at the desk for the person.
             * @enum {string}
             */
            status?: "loaned" | "overdue" | "requested" | "ready" | "returned";
            /** @description What was borrowed. */
            title: string;
            /**
             * Format: uri
             * @description Where to renew or to cancel it.
             */
            url?: string;
        };
        manifest: {
            accessibility: null | {
                /** @description A mailto: or https: address */
                contact: string;
                /** @enum {string} */
                level: "none" | "partial" | "full";
                statement?: {
                    en: string;
                    fr: string;
                };
            };
            campus: string;
            /** @description Where else the campus is served, the answering one first */
            cells: {
                name: string;
                url: string;
            }[];
            change_over: {
                /** @description Seconds */
                come_back_after_s: number;
                /** @description Milliseconds */
                timeout_ms: number;
            };
            channel: string;
            /** @description Data sets by name */
            data: {
                [key: string]: {
                    /** @description public, members, group:NAME or self */
                    audience: string;
                    /** @description Fields whose other value is news to the person */
                    changes: string[];
                    /** @description What a phone kept under a smaller one, it forgets */
                    epoch: number;
                    /** @description Of a kind that the campus declares: its fields, in its order */
                    fields?: {
                        choices: string[];
                        list: boolean;
                        name: string;
                        required: boolean;
                        title: {
                            en: string;
                            fr: string;
                        };
                        /** @enum {string} */
                        type: "text" | "html" | "number" | "integer" | "boolean" | "instant" | "date" | "time" | "url" | "choice";
                    }[];
                    /** @description Seconds */
                    fresh_for: number;
                    /** @description Seconds for which a phone keeps an answer, as it is now */
                    keep: number;
                    kind: string;
                    /** @description Seconds that `keep` never exceeds under this publication */
                    on_device: number;
                    parameters: {
                        [key: string]: {
                            about: string;
                            default: string | null;
                            max_length: number;
                            /** @description What people call the values */
                            names: {
                                [key: string]: string;
                            };
                            one_of: string[];
                            title?: {
                                en: string;
                                fr: string;
                            };
                        };
                    };
                    /** @description By which fields items stand in time, where they do */
                    time: null | {
                        end: string | null;
                        newest_first: boolean;
                        start: string;
                    };
                    title: {
                        en: string;
                        fr: string;
                    };
                };
            };
            languages: ("fr" | "en")[];
            /** @description How people sign in */
            login: null | {
                address: string;
                method: string;
                /** @description What a native app needs to know to sign in by other means than a browser */
                native: Record<string, never>;
            };
            name: string;
            /** @description Which publication it is; none where a folder of the server is served */
            publication: number | null;
            /** @description Places of the app, in its order */
            screens: {
                /** @description The data sets that it shows */
                data: string[];
                /** @description Whether the first screen has a card of it */
                home: boolean;
                /**
                 * @description A name of lucide.dev
                 * @enum {string}
                 */
                icon: "home" | "calendar" | "calendar-days" | "graduation-cap" | "newspaper" | "megaphone" | "ticket" | "users" | "contact" | "book-open" | "library" | "utensils" | "bus" | "map-pin" | "life-buoy" | "file-text" | "book" | "link" | "bell" | "menu" | "settings" | "user" | "star" | "clock" | "heart" | "briefcase" | "globe" | "phone" | "mail" | "wifi" | "shield" | "info" | "wrench" | "camera" | "music" | "trophy" | "leaf" | "ambulance" | "key" | "credit-card" | "building" | "search";
                /** @description Its path in the app */
                id: string;
                /** @description Whether it is always in sight */
                tab: boolean;
                title: {
                    en: string;
                    fr: string;
                };
            }[];
            /** @description Under the app's icon: 12 characters at most */
            short_name: string;
            /** @description Plain text, paragraphs apart by an empty line; those that the school has written */
            texts: {
                help?: {
                    en: string;
                    fr: string;
                };
                legal?: {
                    en: string;
                    fr: string;
                };
                maintenance?: {
                    en: string;
                    fr: string;
                };
                privacy?: {
                    en: string;
                    fr: string;
                };
                welcome?: {
                    en: string;
                    fr: string;
                };
            };
            theme: {
                color: string | null;
                logo: string | null;
            };
            timezone: string;
            version: string;
            zone: string;
        };
        me: {
            affiliations?: string[];
            campus: string;
            channel: string;
            /** @description Those that the person may choose, `production` first */
            channels?: string[];
            /** @description For each data set `allowed`, or the problem that reading it would be */
            data: {
                [key: string]: string;
            };
            /** @description Of who is not signed in: whether a session was, which may be refreshed */
            expired?: boolean;
            groups?: string[];
            login: null | {
                address: string;
                method: string;
            };
            name?: string | null;
            roles?: ("operator" | "admin" | "editor" | "analyst" | "support")[];
            signed_in: boolean;
            /** @description This and what follows: of who is signed in */
            user?: string;
        };
        /**
         * Menus
         * @description What is served: one item per restaurant, day and meal. A day without an item is a day without news.
         */
        menus: {
            /** @description Nothing is served that day. */
            closed?: boolean;
            /**
             * Format: date
             * @description The day.
             */
            date: string;
            /** @description Unique within the data set and the same at each fetch: changes are found by it. The restaurant, the day and the meal together. */
            id: string;
            /**
             * @description `lunch` without it.
             * @enum {string}
             */
            meal?: "breakfast" | "lunch" | "dinner";
            /** @description What to know: `Sous réserve`. */
            note?: string;
            /** @description The restaurant's name. */
            place?: string;
            /** @description Its code, as in `places` and `opening`. */
            place_id?: string;
            /** @description What it costs, in words: `3,30 €, 1 € pour les boursiers`. */
            price?: string;
            /** @description The menu, in the order of the board. */
            sections?: {
                /** @description Dishes in order, with their allergens or labels in words. */
                dishes: string[];
                /** @description The heading: `Entrées`. */
                name?: string;
            }[];
            /**
             * Format: uri
             * @description The restaurant's page.
             */
            url?: string;
        };
        /**
         * News
         * @description Articles that the campus publishes: a website's feed, WordPress posts, a student union's page.
         */
        news: {
            /** @description Who wrote it, as readers know them. */
            author?: string;
            /** @description One heading by which readers filter: `Vie étudiante`. */
            category?: string;
            /** @description The article itself; without it, phones open `url`. */
            content?: string;
            /** @description Unique within the data set and the same at each fetch: changes are found by it. A feed's `guid` or `id`, else the article's address; never its title. */
            id: string;
            /**
             * Format: uri
             * @description A picture for the list and the head of the article.
             */
            image?: string;
            /**
             * Format: date-time
             * @description When it appeared.
             */
            published: string;
            /** @description One or two sentences for the list, without markup. */
            summary?: string;
            /** @description The headline. */
            title: string;
            /**
             * Format: date-time
             * @description When it was last edited.
             */
            updated?: string;
            /**
             * Format: uri
             * @description The article's page.
             */
            url?: string;
        };
        /**
         * Notices
         * @description Short messages that people must not miss: a closed site, a strike, a failure of the network, a deadline.
         */
        notices: {
            /** @description What it concerns: `Transports`, `Numérique`. */
            category?: string;
            /** @description What to know and to do. */
            content?: string;
            /**
             * Format: date-time
             * @description After this instant it is no longer shown.
             */
            expires?: string;
            /** @description Unique within the data set and the same at each fetch: changes are found by it. The message's number in the system that sends it. */
            id: string;
            /**
             * @description How loudly it is shown; `information` without it. `urgent` is for the safety of people.
             * @enum {string}
             */
            level?: "information" | "warning" | "urgent";
            /** @description Where it applies, if not everywhere. */
            place?: string;
            /**
             * Format: date-time
             * @description When it was issued.
             */
            published: string;
            /** @description The message in one line. */
            title: string;
            /**
             * Format: uri
             * @description Where more is said.
             */
            url?: string;
        };
        /**
         * Opening hours
         * @description Opening hours of libraries and services, with their occupancy where it is counted. Hours beat a ready answer: a phone says from them, offline too, whether a place is open and until when.
         */
        opening: {
            /** @description How many seats it has. */
            capacity?: number;
            /** @description One heading by which readers filter: `Bibliothèques`. */
            category?: string;
            /** @description Exceptional closures; they beat `hours`. */
            closures?: {
                /**
                 * Format: date
                 * @description The first day closed.
                 */
                from: string;
                /** @description Why: `Vacances de fin d’année`. */
                reason?: string;
                /**
                 * Format: date
                 * @description The last day closed.
                 */
                to: string;
            }[];
            /** @description E-mail address. */
            email?: string;
            /** @description Each period of opening, by `day` or by `date`; a day may have several, and is closed without any. */
            hours?: {
                /** @description Closing time, the next day's where before `opens`. */
                closes: string;
                /**
                 * Format: date
                 * @description One day, whose hours replace those of its day of the week.
                 */
                date?: string;
                /**
                 * @description The day of the week, for hours of each week.
                 * @enum {string}
                 */
                day?: "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";
                /** @description What these hours are for: `Sur rendez-vous`. */
                note?: string;
                /** @description Opening time. */
                opens: string;
            }[];
            /** @description Unique within the data set and the same at each fetch: changes are found by it. The place's code, as in `places` where both exist. */
            id: string;
            /**
             * Format: uri
             * @description A picture.
             */
            image?: string;
            /** @description The library or the service. */
            name: string;
            /** @description How full it is, in percent. */
            occupancy?: number;
            /** @description Whether it is open at `updated`, from sources that know no hours. */
            open_now?: boolean;
            /** @description Telephone number. */
            phone?: string;
            /** @description Where it is. */
            place?: string;
            /** @description What to know today, in words: `Ferme à 17 h`. */
            status?: string;
            /**
             * Format: date-time
             * @description When occupancy was counted.
             */
            updated?: string;
            /**
             * Format: uri
             * @description Its page, or where to book a seat.
             */
            url?: string;
        };
        /**
         * Knowledge base
         * @description Answers that stay true for months: how to enrol, whom to ask, what to do when ill. Read offline too.
         */
        pages: {
            /** @description One heading it stands under: `Santé`. */
            category?: string;
            /** @description The whole page; without it, phones open `url`. */
            content?: string;
            /** @description Unique within the data set and the same at each fetch: changes are found by it. The page's number or its address. */
            id: string;
            /**
             * Format: uri
             * @description A picture.
             */
            image?: string;
            /** @description Words people search for that the page does not contain. */
            keywords?: string[];
            /** @description Its place under the heading, from 1. */
            order?: number;
            /** @description The answer in one or two sentences. */
            summary?: string;
            /** @description The question, or the subject. */
            title: string;
            /**
             * Format: date-time
             * @description When it was last edited.
             */
            updated?: string;
            /**
             * Format: uri
             * @description The page on the web.
             */
            url?: string;
        };
        /**
         * Places
         * @description Buildings, lecture halls, restaurants, services: what people look for on a map.
         */
        places: {
            /** @description How to get in with a wheelchair, a loop for hearing aids … in words. */
            accessibility?: string;
            /** @description Street and town. */
            address?: string;
            /** @description Which building it is in. */
            building?: string;
            /** @description How many people it holds. */
            capacity?: number;
            /** @description One heading by which readers filter: `Amphithéâtres`. */
            category?: string;
            /** @description All there is to know. */
            content?: string;
            /** @description E-mail address. */
            email?: string;
            /** @description Which floor, as signs show it: `RDC`. */
            floor?: string;
            /** @description Unique within the data set and the same at each fetch: changes are found by it. The code by which other data sets name the place. */
            id: string;
            /**
             * Format: uri
             * @description A picture.
             */
            image?: string;
            /** @description Degrees north (WGS 84). */
            latitude?: number;
            /** @description Degrees east (WGS 84). */
            longitude?: number;
            /** @description What signs and timetables call it. */
            name: string;
            /** @description Telephone number. */
            phone?: string;
            /** @description Which campus it is on. */
            site?: string;
            /** @description What it is for, in one or two sentences. */
            summary?: string;
            /**
             * Format: uri
             * @description Its page.
             */
            url?: string;
        };
        /**
         * Social networks
         * @description What the campus and its associations post on social networks; a video's title is its text.
         */
        posts: {
            /** @description The account's name: `Univ. de Démonstration`. */
            author?: string;
            /** @description Unique within the data set and the same at each fetch: changes are found by it. The post's id or address on its network. */
            id: string;
            /**
             * Format: uri
             * @description Its picture, or the preview of its video.
             */
            image?: string;
            /**
             * @description Which network it is on.
             * @enum {string}
             */
            network?: "bluesky" | "facebook" | "instagram" | "linkedin" | "mastodon" | "peertube" | "threads" | "tiktok" | "x" | "youtube" | "other";
            /**
             * Format: date-time
             * @description When it was posted.
             */
            published: string;
            /** @description The post itself, or the title of a video. */
            text?: string;
            /**
             * Format: uri
             * @description The post on its network.
             */
            url?: string;
        };
        /** @description RFC 9457 */
        problem: {
            detail: string;
            status: number;
            title: string;
            /** @enum {string} */
            type: "urn:preau:problem:unknown-campus" | "urn:preau:problem:unknown-data" | "urn:preau:problem:not-found" | "urn:preau:problem:method-not-allowed" | "urn:preau:problem:bad-parameter" | "urn:preau:problem:cursor-expired" | "urn:preau:problem:calendar-over" | "urn:preau:problem:sign-in-required" | "urn:preau:problem:session-expired" | "urn:preau:problem:proof-required" | "urn:preau:problem:nonce-required" | "urn:preau:problem:not-allowed" | "urn:preau:problem:cross-site" | "urn:preau:problem:no-sign-in" | "urn:preau:problem:sign-in-refused" | "urn:preau:problem:sign-in-unavailable" | "urn:preau:problem:too-many-requests" | "urn:preau:problem:too-large" | "urn:preau:problem:too-slow" | "urn:preau:problem:source-unavailable" | "urn:preau:problem:source-refused" | "urn:preau:problem:source-rejected" | "urn:preau:problem:source-malformed" | "urn:preau:problem:declaration-refused" | "urn:preau:problem:key-reused" | "urn:preau:problem:journal-unavailable" | "urn:preau:problem:clock-ahead" | "urn:preau:problem:internal";
        };
        /**
         * Profile
         * @description Who the person is to the school: one item. Map what people must be able to show or to copy, no more.
         */
        profile: {
            /** @description The number of the student card: the ESCN of a European one. */
            card_number?: string;
            /**
             * Format: date
             * @description The last day the card is valid.
             */
            card_valid_until?: string;
            /** @description ECTS credits earned so far. */
            ects?: number;
            /** @description The address that the school writes to. */
            email?: string;
            /** @description Each programme the person is enrolled in; several are usual. */
            enrolments?: {
                /** @description The programme's code. */
                code?: string;
                /** @description Where, if not at this school. */
                institution?: string;
                /** @description What the person studies: `Licence 3 Informatique`. */
                programme: string;
                /** @description The state of the enrolment, in the school's words. */
                status?: string;
                /** @description The academic year: `2026-2027`. */
                year?: string;
            }[];
            /** @description The European Student Identifier: `urn:schac:…:esi:…`. */
            european_identifier?: string;
            /** @description The faculty, school or department. */
            faculty?: string;
            /** @description First name. */
            first_name?: string;
            /** @description Groups of teaching: `TD 2`. */
            groups?: string[];
            /** @description Unique within the data set and the same at each fetch: changes are found by it. The student's or the employee's number. */
            id: string;
            /** @description Last name. */
            last_name?: string;
            /** @description First and last name as the person uses them. */
            name: string;
            /** @description The number that forms of the state ask for: the INE in France. */
            national_number?: string;
            /** @description The number that the school calls. */
            phone?: string;
            /**
             * Format: uri
             * @description The picture of the student card.
             */
            photo?: string;
            /** @description The number that forms of the school ask for. */
            student_number?: string;
        };
        status: {
            campus: string;
            login: null | {
                /** @description Failures since the last success */
                failing: number;
                last_failure: null | {
                    /** Format: date-time */
                    at: string;
                    /** @enum {string} */
                    kind: "unavailable" | "refused" | "rejected" | "malformed";
                    /** @description Told to operators only */
                    message?: null;
                };
                /** Format: date-time */
                last_success: string | null;
                method: string;
                /** @enum {string} */
                state: "unknown" | "ok" | "failing";
            };
            /** @enum {string} */
            newest_declaration: "in service" | "refused";
            /** @description Told to operators only */
            problems: null;
            publication: number | null;
            sources: {
                [key: string]: {
                    /** @description Failures since the last success */
                    failing: number;
                    last_failure: null | {
                        /** Format: date-time */
                        at: string;
                        /** @enum {string} */
                        kind: "unavailable" | "refused" | "rejected" | "malformed";
                        /** @description Told to operators only */
                        message?: null;
                    };
                    /** Format: date-time */
                    last_success: string | null;
                    /** @enum {string} */
                    state: "unknown" | "ok" | "failing";
                };
            };
            version: string;
        };
        /**
         * Timetable
         * @description Classes and exams in time. A group's timetable is the same kind in a data set of its own, for all.
         */
        timetable: {
            /** @description Whole days count, the times of `start` and `end` do not. */
            all_day?: boolean;
            /** @description It does not take place but is still shown. */
            cancelled?: boolean;
            /** @description The code of the course: `INF301`. */
            course?: string;
            /**
             * Format: date-time
             * @description When it ends; of whole days, the midnight after the last.
             */
            end?: string;
            /** @description Who attends: `L3 INFO`, `TD 2`. */
            groups?: string[];
            /** @description Unique within the data set and the same at each fetch: changes are found by it. A calendar's `UID`, which stays when a class moves; rebuilt ids (Celcat) give way to start and course. */
            id: string;
            /** @description What to bring or to know, without the export's own dates. */
            note?: string;
            /** @description Where; several rooms joined by a comma. */
            room?: string;
            /** @description Which campus or building, where the room's name does not say. */
            site?: string;
            /**
             * Format: date-time
             * @description When it begins.
             */
            start: string;
            /** @description Who teaches; several people joined by a comma. */
            teacher?: string;
            /** @description What is shown first: the subject. */
            title: string;
            /** @description The form of teaching in the school's words: `CM`, `TD`, `Examen`. */
            type?: string;
            /**
             * Format: uri
             * @description The online class, or the course's page.
             */
            url?: string;
        };
    };
    responses: {
        /** @description A problem */
        problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    subscribe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @description `fr`, or `en` */
                    language?: string;
                    /** @description A data set */
                    name?: string;
                };
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        until: string;
                        url: string;
                    };
                };
            };
            default: components["responses"]["problem"];
        };
    };
    calendar: {
        parameters: {
            query?: never;
            header?: {
                /** @description `ETag` of an earlier answer */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The last part of a calendar's address, or a public data set of the manifest and `.ics` */
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/calendar": string;
                };
            };
            /** @description The client's items are current */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    revokeCalendars: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        replicated?: boolean;
                        revoked?: boolean;
                    };
                };
            };
            default: components["responses"]["problem"];
        };
    };
    channel: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @description Its name */
                    channel?: string;
                };
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    several: {
        parameters: {
            query: {
                /** @description Items that end after this instant or day */
                from?: string;
                /** @description Items at most; `next` is then the cursor of the next page */
                limit?: number;
                /** @description Up to 20 data sets, separated by commas */
                names: string;
                /** @description Words that all occur in an item, whatever their case and accents */
                q?: string;
                /** @description Items that start before this instant or day */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            [key: string]: {
                                answer?: components["schemas"]["answer"];
                                problem?: components["schemas"]["problem"];
                                /** @description The answer is past its freshness */
                                stale?: boolean;
                                status: number;
                            };
                        };
                    };
                };
            };
            default: components["responses"]["problem"];
        };
    };
    data: {
        parameters: {
            query?: {
                /** @description `next` of the former page */
                cursor?: string;
                /** @description Items that end after this instant or day */
                from?: string;
                /** @description Items at most; `next` is then the cursor of the next page */
                limit?: number;
                /** @description Words that all occur in an item, whatever their case and accents */
                q?: string;
                /** @description Items that start before this instant or day */
                to?: string;
            };
            header?: {
                /** @description `ETag` of an earlier answer */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A data set of the manifest */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["answer"];
                };
            };
            /** @description The client's items are current */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    explain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A data set of the manifest */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["explanation"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: Record<string, never>[];
                    };
                };
            };
            default: components["responses"]["problem"];
        };
    };
    login: {
        parameters: {
            query?: {
                /** @description RFC 7636 */
                code_challenge?: string;
                /** @description RFC 7636 */
                code_challenge_method?: "S256";
                /** @description One of the campus's native_redirects */
                redirect_uri?: string;
                /** @description Where on this site the sign-in leads */
                return?: string;
                /** @description Handed back with the code */
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    submitLogin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @description Seen by the directory only */
                    password?: string;
                    /** @description As the directory knows the person */
                    user?: string;
                };
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    callback: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    postedCallback: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @description CAS, 2.3.3 */
                    logoutRequest?: string;
                    /** @description Of the sign-in */
                    RelayState?: string;
                    /** @description SAML 2.0 bindings, 3.5 */
                    SAMLResponse?: string;
                };
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    metadata: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/samlmetadata+xml": string;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    notice: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @description Signed by the provider */
                    logout_token?: string;
                };
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    proxy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    manifest: {
        parameters: {
            query?: never;
            header?: {
                /** @description `ETag` of an earlier answer */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["manifest"];
                };
            };
            /** @description The client's items are current */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["problem"];
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["me"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    elsewhere: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                    };
                };
            };
            default: components["responses"]["problem"];
        };
    };
    end: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @description `true` ends all sessions of the person */
                    everywhere?: string;
                    /** @description Of a native app */
                    refresh_token?: string;
                };
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        provider?: string | null;
                    };
                };
            };
            default: components["responses"]["problem"];
        };
    };
    here: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @description From POST /api/session/elsewhere */
                    code?: string;
                };
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        signed_in: true;
                    };
                };
            };
            default: components["responses"]["problem"];
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: {
                /** @description A proof of possession of the app's key (RFC 9449) */
                DPoP?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @description Of a native app; the web app's is its cookie */
                    refresh_token?: string;
                };
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_token?: string;
                        /** @description Seconds */
                        expires_in?: number;
                        /** @description Seconds */
                        refresh_expires_in?: number;
                        refresh_token?: string;
                        token_type?: string;
                    };
                };
            };
            default: components["responses"]["problem"];
        };
    };
    token: {
        parameters: {
            query?: never;
            header?: {
                /** @description A proof of possession of the app's key (RFC 9449) */
                DPoP?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @description From the redirect that ended the sign-in; good for a minute, once */
                    code?: string;
                    /** @description RFC 7636 */
                    code_verifier?: string;
                    /** @description `authorization_code`, or `cas_ticket` where the manifest says that the school allows it */
                    grant_type?: string;
                    /** @description As at the beginning */
                    redirect_uri?: string;
                    /** @description A service ticket for this campus's callback, which the app got from the school by itself */
                    ticket?: string;
                };
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_token?: string;
                        /** @description Seconds */
                        expires_in?: number;
                        /** @description Seconds */
                        refresh_expires_in?: number;
                        refresh_token?: string;
                        token_type?: string;
                    };
                };
            };
            default: components["responses"]["problem"];
        };
    };
    staffAudit: {
        parameters: {
            query?: {
                /** @description The version of the last change that is known */
                after?: string;
                /** @description Items at most; `next` is then the cursor of the next page */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    staffChannels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    staffConflicts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    staffLifetimes: {
        parameters: {
            query?: never;
            header?: {
                /** @description Who sends a write again with the same key means the same write (draft-ietf-httpapi-idempotency-key-header) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @description One data set, by its name */
                    data?: string;
                    /** @description Such as 30s or 15m */
                    fresh_for?: string;
                    /** @description How long phones keep it, such as 7d; at most the `on_device` of the publication */
                    keep?: string;
                    /** @description Those of a kind */
                    kind?: string;
                    /** @description Those of a source */
                    source?: string;
                    /** @description Such as 24h */
                    stale_for?: string;
                };
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    staffPromote: {
        parameters: {
            query?: never;
            header?: {
                /** @description Who sends a write again with the same key means the same write (draft-ietf-httpapi-idempotency-key-header) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @description A channel */
                    from?: string;
                    /** @description A channel */
                    to?: string;
                };
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    staffPurge: {
        parameters: {
            query?: never;
            header?: {
                /** @description Who sends a write again with the same key means the same write (draft-ietf-httpapi-idempotency-key-header) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @description One data set, by its name */
                    data?: string;
                    /** @description `true`: phones forget it too */
                    devices?: string;
                    /** @description Those of a kind */
                    kind?: string;
                    /** @description Those of a source */
                    source?: string;
                };
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    staffRollback: {
        parameters: {
            query?: never;
            header?: {
                /** @description Who sends a write again with the same key means the same write (draft-ietf-httpapi-idempotency-key-header) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @description `production` without it */
                    channel?: string;
                    /** @description A publication, by its number or the beginning of its digest */
                    to?: string;
                };
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    staffSignOut: {
        parameters: {
            query?: never;
            header?: {
                /** @description Who sends a write again with the same key means the same write (draft-ietf-httpapi-idempotency-key-header) */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @description The person's id */
                    user?: string;
                };
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["problem"];
        };
    };
    status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["status"];
                };
            };
            default: components["responses"]["problem"];
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
}
