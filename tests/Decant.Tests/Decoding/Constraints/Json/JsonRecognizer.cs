using System.Text;
using System.Text.Json;

namespace Decant.Tests.Decoding.Constraints.Json;

/// <summary>Which texts a schema's grammar has, byte by byte, without a vocabulary.</summary>
internal sealed class JsonRecognizer
{
    private readonly GrammarParser _parser;
    private readonly GrammarThreads _threads;

    public JsonRecognizer(JsonSchemaOptions options)
    {
        options.Validate();
        var builder = new GrammarBuilder();
        var grammar = builder.Build(JsonSchemaGrammar.Describe(builder, options.Parse(), options));
        Warnings = builder.Warnings;
        var lexer = new Lexer(grammar);
        _parser = new GrammarParser(grammar, lexer);
        _threads = new GrammarThreads(lexer, _parser);
    }

    public JsonRecognizer(string schema)
        : this(new JsonSchemaOptions { Schema = schema })
    {
    }

    public IReadOnlyList<string> Warnings { get; }

    public bool Accepts(string text) => Accepts(Encoding.UTF8.GetBytes(text));

    public bool Accepts(ReadOnlySpan<byte> text)
    {
        var first = _parser.First;
        _threads.Reset(first.Lexer.GoesOn ? [new GrammarThread(first, first.Lexer)] : [], first);
        foreach (var value in text)
        {
            if (!_threads.TryPush(value)) return false;
        }

        return _threads.Boundary?.Accepts == true;
    }

    /// <summary>A value as it is written where there is one way to write it: no blanks, no escapes but those that must be; members and digits as they are.</summary>
    public static string Write(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Write))}]",
        JsonValueKind.Object => $"{{{string.Join(',', value.EnumerateObject().Select(member => $"{Quote(member.Name)}:{Write(member.Value)}"))}}}",
        JsonValueKind.String => Quote(value.GetString()!),
        _ => value.GetRawText(),
    };

    private static string Quote(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var character in text)
        {
            json.Append(character switch
            {
                '"' => "\\\"",
                '\\' => @"\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => $"\\u{(int)character:x4}",
                _ => character.ToString(),
            });
        }

        return json.Append('"').ToString();
    }
}
