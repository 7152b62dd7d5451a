using System.Text;
using System.Text.RegularExpressions;

namespace Decant.Tests.Decoding.Constraints;

public partial class RegexLanguageTests
{
    private static readonly string[] _texts = [.. Texts(6)];

    [Theory]
    [InlineData("", "", "a")]
    [InlineData("a|bc", "a bc", "b abc")]
    [InlineData("(ab)+(?:c|d)?(?<name>e)(?P<_1>f)", "ababcef abef", "cef abe")]
    [InlineData("a{2}b{1,}c{0,2}d{0}", "aab aabbcc", "ab aabccc aabd")]
    [InlineData("(?:a{2}){1,2}b{1000}?x*?", null, "aab")]
    [InlineData("a{", "a{", "a")]
    [InlineData("a}b{x}", "a}b{x}", "a")]
    [InlineData("[a-c-]+", "a-c b-", "d")]
    [InlineData("[^a-c]", "d é 🙂", "a dd")]
    [InlineData(@"[\]\\^-]", @"] \ ^ -", "[")]
    [InlineData("[[{(.]", "[ { ( .", "a")]
    [InlineData(@"\d\D\w\W", "1xx- 2é_é", "٣xx- 1xé-")]
    [InlineData(@"\S", "a é", "\u00a0 \ufeff")]
    [InlineData(@"\x41\u0042\u{43}\u{1F642}\cA\0\v\f", "ABC🙂\u0001\0\v\f", "A")]
    [InlineData(@"\ud83d\ude42[\ud83d\ude00-\ud83d\ude4f]", "🙂😀", "🙂a")]
    [InlineData(@"\.\*\/\-\$", ".*/-$", "a")]
    [InlineData(".", "a é 🙂", "\n \r \u2028 ab")]
    [InlineData("(?s).", "\n a", "ab")]
    [InlineData("(?s:.).", "\na", "\n\n")]
    [InlineData("(?i)straße|ΣΊΣΥΦΟΣ|k", "STRAßE STRAẞE σίσυφος K k \u212a", "strasse")]
    [InlineData("(?i:a)b|(?i)c|d(?-i)e", "Ab ab C De", "AB DE")]
    [InlineData("((?i)a)b", "Ab", "AB")]
    [InlineData("(?i)[a-c&&[^b]", "A & B [ ^", "d")]
    [InlineData("(?i)[^s]", "t", "s S ſ")]
    [InlineData(@"\p{Lu}\p{Letter}\pN\P{L}[\p{Nd}_]", "ÉäⅧ!_", "éäⅧ!_ ÉäⅧa_")]
    [InlineData(@"\p{gc=Decimal_Number}\p{digit}\p{LC}\p{ASCII}\p{punct}", "1٣aa-", "1٣a٣-")]
    [InlineData("^a$", "a", "b")]
    [InlineData(@"\Aa\z|(^b|c)($|d)", "a b c bd cd", "ab abd")]
    [InlineData("a^b|a$b", null, "ab a b")]
    [InlineData("(^a|b$|c)*", "a b c acb ccb ab cb", "aa bb ca ba")]
    [InlineData("(?:^|a)(?:^|b){2}c", "c bc bbc abbc", "abc ac")]
    [InlineData("(a|$){3}", "a aa aaa", "aaaa")]
    public void A_text_belongs_or_not(string pattern, string? yes, string no)
    {
        var pool = new RegexPool();
        var derivatives = new RegexDerivatives(pool);
        var language = RegexLanguage.Parse(pool, pattern);
        foreach (var text in Words(yes)) Assert.True(derivatives.Reads(language, text), $"{pattern} does not match {text}");
        foreach (var text in Words(no)) Assert.False(derivatives.Reads(language, text), $"{pattern} matches {text}");
    }

    [Theory]
    [InlineData("a", "a ba ab bab", "b")]
    [InlineData("^a", "a ab", "b ba")]
    [InlineData("a$", "a ba", "b ab")]
    [InlineData("^$", "", "a \n")]
    [InlineData("^a|b$", "a ax b xb axb", "xa bx")]
    [InlineData("x(^|a)b", "xab zxabz", "xb b")]
    public void A_search_finds_it_anywhere(string pattern, string yes, string no)
    {
        var pool = new RegexPool();
        var derivatives = new RegexDerivatives(pool);
        var language = RegexLanguage.Parse(pool, pattern, RegexScope.Search);
        foreach (var text in Words(yes)) Assert.True(derivatives.Reads(language, text), $"{pattern} is not in {text}");
        foreach (var text in Words(no)) Assert.False(derivatives.Reads(language, text), $"{pattern} is in {text}");
    }

    [Fact]
    public void Random_patterns_have_the_texts_that_dotnet_says()
    {
        var random = new Random(11);
        var yes = 0;
        for (var i = 0; i < 1500; i++)
        {
            var pattern = RandomPattern(random, 4);
            var whole = new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking);
            var part = new Regex(pattern, RegexOptions.NonBacktracking);
            var pool = new RegexPool();
            var derivatives = new RegexDerivatives(pool);
            var language = RegexLanguage.Parse(pool, pattern);
            var search = RegexLanguage.Parse(pool, pattern, RegexScope.Search);
            foreach (var text in _texts)
            {
                Assert.True(whole.IsMatch(text) == derivatives.Reads(language, text), $"{pattern} and the whole of \"{text}\"");
                Assert.True(part.IsMatch(text) == derivatives.Reads(search, text), $"{pattern} in \"{text}\"");
                yes += whole.IsMatch(text) ? 1 : 0;
            }
        }

        Assert.InRange(yes, 5000, _texts.Length * 1500 / 2);
    }

    [Fact]
    public void A_text_may_be_written_in_another_way()
    {
        // As JSON writes it: a quote is two characters.
        var pool = new RegexPool();
        var language = RegexLanguage.Parse(pool, "^[\"a]+$", RegexScope.Search, ranges =>
            pool.Or([.. ranges.Select(range => Utf8Language.Range(pool, range.First, range.Last)).Select(way => pool.And(way, pool.Not(pool.Literal("\"")))), ranges.Any(range => range is { First: <= '"', Last: >= '"' }) ? pool.Literal("\\\"") : pool.Nothing]));
        var derivatives = new RegexDerivatives(pool);
        Assert.True(derivatives.Reads(language, "a\\\"a\\\""));
        Assert.False(derivatives.Reads(language, "a\"a"));
    }

    [Theory]
    [InlineData("a)", 2, "\\)")]
    [InlineData("(a", 3, ")")]
    [InlineData("a**", 3, "repeated")]
    [InlineData("a++", 3, "possessive")]
    [InlineData("*a", 1, "backslash")]
    [InlineData("a|+", 3, "backslash")]
    [InlineData("{2}", 1, "\\{")]
    [InlineData("a{,3}", 2, "{n,m}")]
    [InlineData("a{3,2}", 2, "fewest")]
    [InlineData("a{1000001}", 3, "1,000,000")]
    [InlineData("a{99999999999}", 3, "1,000,000")]
    [InlineData("[a", 1, "]")]
    [InlineData("[]a]", 1, "\\]")]
    [InlineData("[^]", 1, "[\\s\\S]")]
    [InlineData("[b-a]", 2, "range")]
    [InlineData(@"[\d-z]", 2, "\\-")]
    [InlineData("[a]]", 4, "\\]")]
    [InlineData(@"a\", 2, "\\\\")]
    [InlineData(@"\q", 1, "escape")]
    [InlineData(@"\Z", 1, "escape")]
    [InlineData(@"\é", 1, "escape")]
    [InlineData(@"(a)\1", 4, "regular")]
    [InlineData(@"(?<n>a)\k<n>", 8, "regular")]
    [InlineData(@"\ba", 1, "boundaries")]
    [InlineData(@"\xg1", 3, "hexadecimal")]
    [InlineData(@"\u{110000}", 4, "10FFFF")]
    [InlineData(@"\u{FFFFFFFFF}", 4, "10FFFF")]
    [InlineData(@"\p{Greek}", 1, "ranges")]
    [InlineData(@"\p{L", 5, "}")]
    [InlineData("(?=a)", 1, "Lookaround")]
    [InlineData("b(?!a)", 2, "Lookaround")]
    [InlineData("(?<=a)b", 1, "Lookaround")]
    [InlineData("(?<!a)b", 1, "Lookaround")]
    [InlineData("(?>a)", 1, "(?:…)")]
    [InlineData("(?m)^a", 1, "flags")]
    [InlineData("(?<a b>c)", 5, "name")]
    [InlineData("ab\n  (?x)", 3, "flags")]
    public void What_is_wrong_is_said_with_its_place(string pattern, int column, string advice)
    {
        var error = Assert.Throws<ConstraintSyntaxException>(() => RegexLanguage.Parse(new RegexPool(), pattern));
        Assert.Equal((pattern.Contains('\n') ? 2 : 1, column), (error.Line, error.Column));
        Assert.StartsWith("regex: line ", error.Message);
        Assert.Contains(advice, error.Message);
    }

    [Fact]
    public void Anchors_in_a_part_of_something_larger_are_refused()
        => Assert.Contains("anchor", Assert.Throws<ConstraintSyntaxException>(() => RegexLanguage.Parse(new RegexPool(), "a$", RegexScope.Part)).Message);

    [SkippableFact]
    public void The_cases_of_Rust_come_out_as_they_do_there()
    {
        var figures = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var test in RustRegexCase.Load(TestData.Path("structured/rust_regex_testdata.tar.gz")))
        {
            var outcome = Outcome(test);
            figures[outcome] = figures.GetValueOrDefault(outcome) + 1;
        }

        // Each of these lines says how many cases went which way: none may fail, and fewer compared than before is a step back.
        var lines = string.Concat(figures.Select(figure => $"{figure.Value} {figure.Key}\n"));
        Assert.True(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "rust-regex.txt")) == lines, $"rust-regex.txt says otherwise; now:\n{lines}");
    }

    private static string Outcome(RustRegexCase test)
    {
        if (test.Pattern is not { } pattern) return "skipped: several patterns";
        if (test.Text is not { } text) return "skipped: the text is not UTF-8";
        if (test.Members.ContainsKey("bounds")) return "skipped: only a part of the text is searched";
        if (test.Members.ContainsKey("line-terminator")) return "skipped: lines end otherwise";
        if (test.Members.ContainsKey("compiles")) return "skipped: Rust refuses the pattern";
        if (!Ascii.IsValid(text) && Regex.IsMatch(pattern, @"\\[wWdD]") | test.Members.ContainsKey("unicode")) return "skipped: classes that are of Unicode there, of ASCII here, or of bytes";
        if (test.Members.ContainsKey("case-insensitive")) pattern = $"(?i){pattern}";
        if (test.Members.GetValueOrDefault("anchored") == "true") pattern = $"^(?:{pattern})";
        var pool = new RegexPool();
        var derivatives = new RegexDerivatives(pool);
        try
        {
            var search = derivatives.Reads(RegexLanguage.Parse(pool, pattern, RegexScope.Search), text);
            var whole = derivatives.Reads(RegexLanguage.Parse(pool, pattern), text);
            var matches = test.Matches.Contains(']') && test.Matches != "[]";
            var matchesWhole = test.Matches.Contains($"[0, {Encoding.UTF8.GetByteCount(text)}]");

            // Where the match that is found first is shorter, the whole may match or not.
            return search != matches || (matchesWhole && !whole) || (whole && !matches) ? $"WRONG: {test.Name}" : matchesWhole ? "compared, with a match of the whole" : "compared";
        }
        catch (ConstraintSyntaxException error)
        {
            return $"refused: {Reason().Match(error.Message).Groups["reason"]}";
        }
    }

    private static IEnumerable<string> Words(string? words) => words?.Split(' ') ?? [];

    private static IEnumerable<string> Texts(int length)
        => length == 0 ? [""] : Texts(length - 1).SelectMany(text => text.Length == length - 1 ? [text, text + "a", text + "b"] : new[] { text });

    private static string RandomPattern(Random random, int depth) => random.Next(depth == 0 ? 4 : 10) switch
    {
        0 or 1 => "a",
        2 => "b",
        3 => random.Next(5) switch { 0 => "^", 1 => "$", 2 => "[ab]", 3 => ".", _ => "[^a]" },
        4 or 5 or 6 => RandomPattern(random, depth - 1) + RandomPattern(random, depth - 1),
        7 => $"(?:{RandomPattern(random, depth - 1)}|{(random.Next(4) == 0 ? "" : RandomPattern(random, depth - 1))})",
        _ => $"(?:{RandomPattern(random, depth - 1)}){(random.Next(5) switch { 0 => "*", 1 => "+?", 2 => "?", 3 => "{2}", _ => "{2,3}" })}",
    };

    // The first sentence behind the place, without the name that it begins with.
    [GeneratedRegex("""column \d+: (?:"[^"]+" )?(?<reason>.*?)[.:](?: |$)""")]
    private static partial Regex Reason();
}
