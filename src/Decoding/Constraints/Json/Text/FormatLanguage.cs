namespace Decant.Decoding;

/// <summary>The formats of JSON Schema as languages of contents, by the documents that it names.</summary>
/// <remarks>Narrower than those in two places: seconds are 60 only at 23:59:60Z, and a host name has no punycode (<c>xn--</c>), which would have to decode to something valid.</remarks>
internal sealed class FormatLanguage(RegexPool pool)
{
    // RFC 3339.
    private const string Day28 = "(?:0[1-9]|1[0-9]|2[0-8])";
    private const string Leap = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
    private const string Date = $"(?:[0-9]{{4}}-(?:(?:0[13578]|1[02])-(?:{Day28}|29|3[01])|(?:0[469]|11)-(?:{Day28}|29|30)|02-{Day28})|{Leap}-02-29)";
    private const string Time = @"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?(?:[Zz]|[+\-](?:[01][0-9]|2[0-3]):[0-5][0-9])|23:59:60(?:\.[0-9]+)?(?:[Zz]|[+\-]00:00))";
    private const string Duration = "P(?:(?:[0-9]+D|[0-9]+M(?:[0-9]+D)?|[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?)(?:T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S))?|T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)|[0-9]+W)";

    // RFC 1123, with the length of RFC 1034.
    private const string Label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private const string Host = $@"(?:{Label}(?:\.{Label})*)";
    private const int MaxHost = 253;

    // RFC 3986, appendix A.
    private const string Octet = "(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])";
    private const string Ipv4 = $@"(?:{Octet}(?:\.{Octet}){{3}})";
    private const string Hex = "[0-9A-Fa-f]{1,4}";
    private const string Last = $"(?:{Hex}:{Hex}|{Ipv4})";
    private const string Ipv6 =
        $"(?:(?:{Hex}:){{6}}{Last}|::(?:{Hex}:){{5}}{Last}|(?:{Hex})?::(?:{Hex}:){{4}}{Last}|(?:(?:{Hex}:)?{Hex})?::(?:{Hex}:){{3}}{Last}|(?:(?:{Hex}:){{0,2}}{Hex})?::(?:{Hex}:){{2}}{Last}"
        + $"|(?:(?:{Hex}:){{0,3}}{Hex})?::{Hex}:{Last}|(?:(?:{Hex}:){{0,4}}{Hex})?::{Last}|(?:(?:{Hex}:){{0,5}}{Hex})?::{Hex}|(?:(?:{Hex}:){{0,6}}{Hex})?::)";
    private const string Plain = @"A-Za-z0-9\-._~!$&'()*+,;=";
    private const string Escaped = "%[0-9A-Fa-f]{2}";
    private const string PathCharacter = $"(?:[{Plain}:@]|{Escaped})";
    private const string Authority = $@"(?:(?:[{Plain}:]|{Escaped})*@)?(?:\[(?:{Ipv6}|[Vv][0-9A-Fa-f]+\.[{Plain}:]+)\]|(?:[{Plain}]|{Escaped})*)(?::[0-9]*)?";
    private const string Rooted = $"//{Authority}(?:/{PathCharacter}*)*|/(?:{PathCharacter}+(?:/{PathCharacter}*)*)?";
    private const string Tail = $@"(?:\?(?:{PathCharacter}|[/?])*)?(?:#(?:{PathCharacter}|[/?])*)?";
    private const string AbsoluteUri = $@"[A-Za-z][A-Za-z0-9+\-.]*:(?:{Rooted}|{PathCharacter}+(?:/{PathCharacter}*)*)?{Tail}";
    private const string RelativeUri = $"(?:{Rooted}|(?:[{Plain}@]|{Escaped})+(?:/{PathCharacter}*)*)?{Tail}";

    // RFC 5321, section 4.1.2.
    private const string Atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private const string Local = $@"(?:{Atom}(?:\.{Atom})*|""(?:[ !#-\[\]-~]|\\[ -~])*"")";

    // RFC 6901.
    private const string Pointer = "(?:/(?:[^~/]|~[01])*)*";

    private static readonly Dictionary<string, string?> _patterns = new()
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = $"{Date}[Tt]{Time}",
        ["duration"] = Duration,
        ["email"] = $@"{Local}@(?:{Host}|\[(?:{Ipv4}|IPv6:{Ipv6})\])",
        ["hostname"] = Host,
        ["ipv4"] = Ipv4,
        ["ipv6"] = Ipv6,
        ["uri"] = AbsoluteUri,
        ["uri-reference"] = $"{AbsoluteUri}|{RelativeUri}",
        ["uuid"] = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
        ["json-pointer"] = Pointer,
        ["relative-json-pointer"] = $"(?:0|[1-9][0-9]*)(?:#|{Pointer})",
        ["idn-email"] = null,
        ["idn-hostname"] = null,
        ["iri"] = null,
        ["iri-reference"] = null,
        ["uri-template"] = null,
        ["regex"] = null,
    };

    /// <summary>Whether JSON Schema knows a format; others say nothing.</summary>
    public static bool IsKnown(string format) => _patterns.ContainsKey(format);

    /// <summary>The contents that have a format, or null where they are no regular language, or too large a one.</summary>
    public ByteRegex? Find(string format)
    {
        if (_patterns.GetValueOrDefault(format) is not { } pattern) return null;
        var language = RegexLanguage.Parse(pool, pattern);
        return format == "hostname"
            ? pool.And(language, pool.Repeat(pool.Bytes(ByteSet.All), 1, MaxHost), pool.Not(pool.Concat(RegexLanguage.Parse(pool, @"(?:[\s\S]*\.)?[Xx][Nn]--"), pool.Anything)))
            : language;
    }
}
