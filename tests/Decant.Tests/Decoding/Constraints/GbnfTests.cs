using System.Diagnostics;

namespace Decant.Tests.Decoding.Constraints;

public class GbnfTests
{
    private static readonly string[] _texts = [.. Enumerable.Range(0, 6).SelectMany(length => Enumerable.Range(0, 1 << length).Select(bits => string.Concat(Enumerable.Range(0, length).Select(i => "ab"[bits >> i & 1]))))];

    [Theory]
    [InlineData("root ::= \"a\" | \"b\" \"c\"", "a§bc", "b§ac§")]
    [InlineData("root ::= x y\nx ::= \"a\"\n\n# a comment ::= \"z\"\ny ::= | x # nothing or an x\n", "a§aa", "§aaa")]
    [InlineData("root ::= (\"a\"\n | \"b\"\n)* \"c\"?\n  | \"d\"{2}\n  | \"e\"{1,} | \"f\"{0,2} \"g\"+", "§abac§dd§eee§g§ffgg", "d§ddd§f§fffg§cc")]
    [InlineData("root ::= [^a-c\\n] [\\x41\\u00e9\\U0001F642-] \"\\t\\\"\\\\\\x42\"", "xA\t\"\\B§é🙂\t\"\\B§x-\t\"\\B", "aA\t\"\\B§\nA\t\"\\B§xb\t\"\\B")]
    [InlineData("root ::= . .", "ab§\n🙂", "a§abc")]
    [InlineData("root ::= \"no\" <|call|> word-2 word-2::=[a-z]+ <|call|>?", "no<|call|>abc§no<|call|>abc<|call|>", "no§noabc§no<|call|>")]
    [InlineData("root ::= expr expr ::= expr \"+\" term | term term ::= term \"*\" atom | atom atom ::= \"(\" expr \")\" | [0-9]+", "1§1+2*3§(1+(2))*34", "§+1§1+§(1§1)")]
    [InlineData("root ::= \"a\" root | \"b\"", "b§aab", "§a§ba")]
    [InlineData("root ::= root root | \"a\" | \"\"", "§a§aaaaaaa", "b§ab")]
    [InlineData("root ::= x x ::= y? y ::= x z? z ::= \"a\" x?", "§a§aaa", "b")]
    [InlineData("root ::= \"(\" root \")\" root |", "§()§(())()", "(§)§())")]
    public void A_text_belongs_or_not(string grammar, string yes, string no)
    {
        var compiled = Compile(grammar);
        Assert.All(yes.Split('§'), text => Assert.True(ByteVocabulary.Allows(compiled, text)));
        Assert.All(no.Split('§'), text => Assert.False(ByteVocabulary.Allows(compiled, text)));
    }

    [SkippableTheory]
    [InlineData("arithmetic", "x +1*(y2/3) = z\n§a-b=c\n1=2\n", "a=b§=b\n")]
    [InlineData("c", "int main(){return 1+f(x, 2);}§float f(int x){while(x<=1){y = ( -1*g(2) );}if(a==b){}else{}// note\n/* a *b */}", "int main(){§main(){}")]
    [InlineData("chess", "1. e4 e5\n2. Nf3 Nc6\n§1. O-O-O exd8=Q+\n10. Raxb1# a1\n", "1. e4 e5\n§2. e4 e5\n3. d4 d5\n")]
    [InlineData("english", "Hello, World!§[it's] (fine) \\ `x`_{y}|~^", "é§ a§a  b")]
    [InlineData("japanese", "こんにちは、 カタカナ 漢字。", "hello§こ  ん")]
    [InlineData("json", "{}§{\"a\": [1, -2.5e-12, \"\\u00e9\\n\", true, null, {}]}", "[1]§{\"a\":01}§{\"a\":}§{\"a\":1,}")]
    [InlineData("json_arr", "[\n]§[\n1,\n{\"a\":[]}]", "{}§[1]")]
    [InlineData("list", "- a\n§- one\n- två, 三\n", "§- a§- \n")]
    public void The_sample_grammars_of_llama_cpp_read_what_they_should(string name, string yes, string no)
        => A_text_belongs_or_not(File.ReadAllText(TestData.Path($"structured/gbnf/{name}.gbnf")), yes, no);

    [Theory]
    [InlineData("root ::= \"a\" undefined", 1, 14, "\"undefined\" is used here but not defined")]
    [InlineData("root ::= x\nx ::= \"a\n", 2, 7, "not closed")]
    [InlineData("root ::= \"a\"\nroot ::= \"b\"", 2, 1, "defined twice")]
    [InlineData("start ::= \"a\"", 1, 14, "no rule \"root\"")]
    [InlineData("\"a\"", 1, 1, "name ::= expression")]
    [InlineData("root ::= (\"a\"", 1, 14, "\")\" is missing")]
    [InlineData("root ::= (\"a\"\nb ::= \"b\"", 2, 1, "beginning of the next rule")]
    [InlineData("root ::= \"a\" )", 1, 14, "rule begins")]
    [InlineData("root ::= \"a\" * *", 1, 16, "no part of a rule")]
    [InlineData("root ::= \"a\"{,3}", 1, 13, "no part of a rule")]
    [InlineData("root ::= 'a'", 1, 10, "\"texts\"")]
    [InlineData("root ::= [a", 1, 10, "not closed")]
    [InlineData("root ::= \"\\q\"", 1, 11, "escape")]
    [InlineData("root ::= \"\\d\"", 1, 11, "classes")]
    [InlineData("root ::= <|cal|>", 1, 10, "not a special token")]
    [InlineData("root ::= <|call", 1, 16, "not closed")]
    public void What_is_wrong_is_said_with_its_place(string grammar, int line, int column, string reason)
    {
        var error = Assert.Throws<ConstraintSyntaxException>(() => Compile(grammar));
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.StartsWith("gbnf: ", error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void A_grammar_without_texts_is_refused()
        => Assert.Contains("no text", Assert.Throws<ArgumentException>(() => Compile("root ::= \"a\" root")).Message);

    [Fact]
    public void Random_grammars_have_the_texts_that_trying_everything_finds()
    {
        var random = new Random(5);
        var (yes, no, recursive) = (0, 0, 0);
        for (var i = 0; i < 300; i++)
        {
            var text = $"root ::= {RandomBody(random, 3)}\na ::= {RandomBody(random, 2)}\nb ::= {RandomBody(random, 2)}\nc ::= {RandomBody(random, 2)}\n";
            var builder = new GrammarBuilder();
            var rules = new GbnfReader(new SyntaxReader("gbnf", text), builder.Pool, ByteVocabulary.Instance).Read();
            var reference = new ReferenceRules(rules, builder.Derivatives);
            var expected = _texts.Select(one => reference.Reads("root", one)).ToList();
            try
            {
                // As it is, and with nothing folded but single leaves.
                foreach (var size in (ReadOnlySpan<long>)[2000, 0])
                {
                    var grammar = Compile(text, size, out var isRecursive);
                    Assert.Equal(expected, _texts.Select(one => ByteVocabulary.Allows(grammar, one)));
                    recursive += isRecursive ? 1 : 0;
                }
            }
            catch (ArgumentException error) when (error.Message.Contains("no text", StringComparison.Ordinal))
            {
                Assert.DoesNotContain(true, expected);
            }

            yes += expected.Count(one => one);
            no += expected.Count(one => !one);
        }

        Assert.True(yes > 500 && no > 5000 && recursive > 100, $"{yes} texts belong, {no} do not, {recursive} grammars are recursive");
    }

    [Theory]
    [InlineData("root ::= root \"a\" | \"a\"")]
    [InlineData("root ::= \"a\" root | \"a\"")]
    [InlineData("root ::= root root | \"a\"")]
    [InlineData("root ::= root root root | \"a\" | \"\"")]
    [InlineData("root ::= x* x ::= y y? y ::= root? \"a\"?")]
    [InlineData("root ::= (\"a\" | \"aa\" | root)*")]
    public void Recursion_of_every_kind_reads_a_long_text_soon(string grammar)
    {
        var time = Stopwatch.StartNew();
        Assert.True(ByteVocabulary.Allows(Compile(grammar), new string('a', 400)));
        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Exponential_chains_and_long_ones_are_no_larger_than_they_are_written()
    {
        // Each rule is twice the next: 2^40 letters in all.
        var doubling = string.Concat(Enumerable.Range(0, 40).Select(i => $"x{i} ::= x{i + 1} x{i + 1}\n"));
        var grammar = Compile($"root ::= x0\n{doubling}x40 ::= \"a\"\n");
        Assert.NotEqual(CompiledGrammar.Refused, grammar.Next(CompiledGrammar.First, 'a'));
        Assert.False(ByteVocabulary.Allows(grammar, "aaaa"));

        var chain = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"x{i} ::= x{i + 1}\n"));
        Assert.True(ByteVocabulary.Allows(Compile($"root ::= x0\n{chain}x50000 ::= \"a\"\n"), "a"));
        Assert.True(ByteVocabulary.Allows(Compile($"root ::= x0\n{chain}x50000 ::= \"a\" root?\n"), "aaa"));
    }

    [Fact]
    public void Many_rules_that_may_be_empty_are_no_trouble_and_too_many_in_a_row_are_refused()
    {
        var chain = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"x{i} ::= x{i + 1}\n"));
        Assert.True(ByteVocabulary.Allows(Compile($"root ::= x0\n{chain}x20000 ::= \"a\" root |\n"), "aa"));
        Assert.Throws<ConstraintLimitException>(() => Compile($"root ::= {string.Concat(Enumerable.Repeat("x? ", 10_000))}\nx ::= \"a\" root"));
    }

    [Fact]
    public void Rules_may_be_nested_in_each_other_as_deep_as_one_likes()
    {
        var nest = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"x{i} ::= (x{i + 1}{{2}})+\n"));
        Assert.False(ByteVocabulary.Allows(Compile($"root ::= x0\n{nest}x20000 ::= \"a\"\n"), "aa"));
    }

    [Fact]
    public void Deep_nesting_is_an_error_and_no_stack_overflow()
        => Assert.Contains("nested", Assert.Throws<ConstraintSyntaxException>(() => Compile($"root ::= {new string('(', 10_000)}\"a\"{new string(')', 10_000)}")).Message);

    private static CompiledGrammar Compile(string grammar) => new GbnfOptions { Grammar = grammar }.CompileGrammar(ByteVocabulary.Instance);

    private static CompiledGrammar Compile(string text, long maxSize, out bool isRecursive)
    {
        var builder = new GrammarBuilder();
        var reader = new SyntaxReader("gbnf", text);
        var folding = new RuleFolding(builder, reader) { MaxSize = maxSize };
        folding.FoldAll(new GbnfReader(reader, builder.Pool, ByteVocabulary.Instance).Read());
        isRecursive = folding.Find("root")!.Texts is null;
        return new CompiledGrammar(builder.Build(folding.Find("root")!.ToExpression(builder)), ByteVocabulary.Instance);
    }

    private static string RandomBody(Random random, int depth) => random.Next(depth == 0 ? 5 : 10) switch
    {
        0 => "\"a\"",
        1 => "\"b\"",
        2 => "\"ab\"",
        3 => "[ab]",
        4 => "abc"[random.Next(3)].ToString(),
        5 or 6 or 7 => $"{RandomBody(random, depth - 1)} {RandomBody(random, depth - 1)}",
        8 => $"({RandomBody(random, depth - 1)} | {(random.Next(4) == 0 ? "" : RandomBody(random, depth - 1))})",
        _ => $"({RandomBody(random, depth - 1)}){(random.Next(4) switch { 0 => "*", 1 => "+", 2 => "?", _ => "{1,2}" })}",
    };
}
