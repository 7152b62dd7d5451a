namespace Decant.Tests.Decoding.Constraints;

public class LarkTests
{
    private const string Calculator = """
        ?start: sum                       // a comment
        ?sum: product
            | sum "+" product   -> add
            | sum "-" product   -> sub
        ?product: atom
            | product "*" atom  -> mul
        !atom: NUMBER
             | "-" atom
             | [NAME "."] NAME
             | "(" sum ")"
        NAME: /[a-z_]\w*/i
        %import common.NUMBER
        %import common.WS_INLINE -> SPACE  # another
        %ignore SPACE
        """;

    [Theory]
    [InlineData("start: \"a\" | \"b\"i C\nC: \"x\"..\"z\"", "a§bx§Bz", "A§b§bw")]
    [InlineData("start: A~2 [A B] (B | A)~1..2\nA: \"a\"+\nB:\n  | \"b\"\n  | \"c\" A", "aaa§aaab§aabb§aaabca", "aa§bab")]
    [InlineData("start: /a.b/s /c\\/d/ /[\\/\\]]e/iu", "a\nbc/d]E", "abc/d]E")]
    [InlineData(Calculator, "1§ 1 +2*( -x.y- 3.5e2 )§a1", "§1+§1 2 3§(1§x.\n")]
    [InlineData("start: \"(\" start \")\" |\n%ignore \" \"", "§ §( ( ) ) ", "(§())")]
    [InlineData("start: a \"b\"\na: \"a\" | a \"a\"\n%ignore /#[a-z]*;/\n%ignore \" \"", "ab§#x; a#;a b #y;", "#xab§a#b")]
    [InlineData("start: W <|call|> W\nW: /[a-z]/\n%ignore \" \"", "a<|call|>b§a <|call|> b ", "ab§a<|call|>")]
    [InlineData("start: X\n%import common (INT, WORD)\nX: INT WORD~1..2 \"!\"{2,3}", "12ab!!§1ab!!!", "1!!§1a!")]
    [InlineData("start: \"\\u00e9\\n\\\\\" // c\n", "é\n\\", "e")]
    [InlineData("\r\nstart: x\r\nx: \"a\"\r\n | \"b\"\r\n", "a§b", "ab")]
    public void A_text_belongs_or_not(string grammar, string yes, string no)
    {
        var compiled = new LarkOptions { Grammar = grammar }.CompileGrammar(ByteVocabulary.Instance);
        Assert.All(yes.Split('§'), text => Assert.True(ByteVocabulary.Allows(compiled, text)));
        Assert.All(no.Split('§'), text => Assert.False(ByteVocabulary.Allows(compiled, text)));
    }

    [Theory]
    [InlineData("DIGIT", "7", "77§a")]
    [InlineData("HEXDIGIT", "7§a§F", "g")]
    [InlineData("INT", "0§007", "-1§")]
    [InlineData("SIGNED_INT", "1§-1§+1", "--1")]
    [InlineData("DECIMAL", "1.§.5§1.5", "1§.")]
    [InlineData("FLOAT", "1e5§1.5§.5E-3", "1§e5")]
    [InlineData("SIGNED_FLOAT", "-1.5", "-1")]
    [InlineData("NUMBER", "1§1.5§1e5", "-1")]
    [InlineData("SIGNED_NUMBER", "-1§1.5§+1e+5", "1-")]
    [InlineData("ESCAPED_STRING", "\"\"§\"a\\\"b\"§\"\\\\\"", "\"a\"b\"§\"a\\\"§\"\n\"")]
    [InlineData("LCASE_LETTER", "a", "A")]
    [InlineData("UCASE_LETTER", "A", "a")]
    [InlineData("LETTER", "a§A", "1")]
    [InlineData("WORD", "aB", "a1§")]
    [InlineData("CNAME", "_a1§B", "1a§-")]
    [InlineData("WS_INLINE", " \t", "\n§")]
    [InlineData("WS", " \t\r\n\f", "")]
    [InlineData("CR", "\r", "\n")]
    [InlineData("LF", "\n", "\r")]
    [InlineData("NEWLINE", "\n§\r\n\n", "\r§")]
    [InlineData("SH_COMMENT", "#§# a", "# a\n")]
    [InlineData("CPP_COMMENT", "// a", "/ a")]
    [InlineData("C_COMMENT", "/**/§/* a\n* **/", "/*/§/* */ */")]
    [InlineData("SQL_COMMENT", "-- a", "- a")]
    public void Every_common_terminal_is_what_Lark_has(string name, string yes, string no)
        => A_text_belongs_or_not($"start: {name}\n%import common.{name}", yes, no);

    [Theory]
    [InlineData("start: x", 1, 8, "\"x\" is used here but not defined")]
    [InlineData("start: \"a\"\n%ignore SPACE", 2, 9, "\"SPACE\" is used here but not defined")]
    [InlineData("start: A\nA: \"a\" b\nb: \"b\"", 2, 8, "cannot name a rule")]
    [InlineData("start: A\nA: \"a\" B\nB: A?", 2, 8, "names itself")]
    [InlineData("start: A\nA.2: \"a\"", 2, 2, "Priorities")]
    [InlineData("x: \"a\"", 1, 7, "no rule \"start\"")]
    [InlineData("start: \"a\"\nstart: \"b\"", 2, 1, "defined twice")]
    [InlineData("start: INT\n%import common.INT\nINT: \"1\"", 3, 1, "defined twice")]
    [InlineData("start: INT\n%import common.INTEGER -> INT", 2, 16, "There are DIGIT, HEXDIGIT")]
    [InlineData("start: INT\n%import python.INT", 2, 9, "common.NAME")]
    [InlineData("start: \"a\"\n%declare X", 2, 1, "%ignore")]
    [InlineData("start: \"a\"\n  \"b\"", 2, 3, "definition begins")]
    [InlineData("start \"a\"", 1, 7, "colon")]
    [InlineData("start: a{b}", 1, 8, "not supported")]
    [InlineData("start[lazy]: \"a\"", 1, 6, "attributes")]
    [InlineData("a{b}: \"a\"", 1, 2, "Templates")]
    [InlineData("start: (\"a\"", 1, 12, "\")\" is missing")]
    [InlineData("start: [\"a\")", 1, 12, "\"]\" is missing")]
    [InlineData("start: \"a\")", 1, 11, "no part of a rule")]
    [InlineData("start: \"a\"~", 1, 11, "~n")]
    [InlineData("start: \"a\"~3..2", 1, 11, "~n")]
    [InlineData("start: \"b\"..\"a\"", 1, 8, "range")]
    [InlineData("start: \"ab\"..\"c\"", 1, 8, "range")]
    [InlineData("start: \"a\"..b", 1, 13, "range")]
    [InlineData("start: /a", 1, 10, "slash")]
    [InlineData("start: /a/x", 1, 11, "flag")]
    [InlineData("start: \"a\"\n | /ab(?=c)/", 2, 7, "Lookaround")]
    [InlineData("start: /^a/", 1, 9, "anchor")]
    [InlineData("start: %json {}", 1, 8, "not supported")]
    [InlineData("start: A\nA: <|call|>", 2, 4, "in rules")]
    public void What_is_wrong_is_said_with_its_place(string grammar, int line, int column, string reason)
    {
        var error = Assert.Throws<ConstraintSyntaxException>(() => new LarkOptions { Grammar = grammar }.CompileGrammar(ByteVocabulary.Instance));
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.StartsWith("lark: ", error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void Terminals_that_are_nested_too_deep_are_an_error_and_no_stack_overflow()
    {
        var nest = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"X{i}: (X{i + 1} \"b\")+\n"));
        Assert.Contains("nested", Assert.Throws<ConstraintLimitException>(() => new LarkOptions { Grammar = $"start: X0\n{nest}X20000: \"a\"" }.CompileGrammar(ByteVocabulary.Instance)).Message);
    }
}
