using System.Text;
using System.Text.RegularExpressions;
using Decant.Decoding;

namespace Decant.Benchmarks.Speculate;

/// <summary>One JSON object with given keys in a given order, each with a text: what a schema makes of most tool calls and extractions. All but the texts is forced.</summary>
internal sealed partial record JsonKeysOptions(ValueList<string> Keys) : ConstraintOptions
{
    public override string Kind => "json-keys";

    public override IConstraint Compile(PlanContext context)
    {
        var builder = new GrammarBuilder();
        return new GrammarConstraint(Kind, new CompiledGrammar(builder.Build(builder.Terminal(builder.Pool.Automaton(new Automaton(Keys)))), context.Vocabulary));
    }

    /// <summary>The keys that a request of the corpus asks for.</summary>
    public static ValueList<string> KeysOf(string prompt) => [.. List().Match(prompt).Groups["keys"].Value.Split([", ", " and "], StringSplitOptions.None)];

    [GeneratedRegex(@"(the keys|JSON:) (?<keys>[a-z, ]+)\.$")]
    private static partial Regex List();

    /// <summary>The object with every text empty, and behind each opening quote a state in which the text goes on.</summary>
    private sealed class Automaton(ValueList<string> keys) : ByteAutomaton
    {
        private readonly byte[] _skeleton = Encoding.UTF8.GetBytes($"{{{string.Join(", ", keys.Select(key => $"\"{key}\": \"\""))}}}");

        public override bool IsAccepting(int state) => state == _skeleton.Length;

        public override int Next(int state, byte value)
        {
            if (state == _skeleton.Length) return Refused;
            if (value == _skeleton[state]) return state + 1;
            var inText = state >= 3 && _skeleton.AsSpan(state - 3, 4).SequenceEqual(": \"\""u8);
            return inText && value is not ((byte)'\\' or < 0x20) ? state : Refused;
        }
    }
}
