using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decant.Tests.Decoding.Constraints.Json;

public class ConstrainTests
{
    [Theory]
    [InlineData("""{"Name":"x","Weather":"Rain","Degrees":[1,-20],"Next":null}""", true)]
    [InlineData("""{"Name":"x","Weather":"Sun","Degrees":[],"Next":{"Name":"y","Weather":"Sun","Degrees":[]}}""", true)]
    [InlineData("""{"Name":null,"Weather":"Sun","Degrees":[]}""", false)]
    [InlineData("""{"Name":"x","Weather":"Snow","Degrees":[]}""", false)]
    [InlineData("""{"Name":"x","Weather":"Sun","Degrees":[1.5]}""", false)]
    [InlineData("""{"Name":"x","Weather":"Sun","Degrees":[128]}""", false)]
    [InlineData("""{"Name":"x","Weather":"Sun","Degrees":[],"More":1}""", false)]
    [InlineData("""{"Name":"x","Degrees":[]}""", false)]
    public void A_type_is_its_schema(string text, bool accepted)
    {
        Assert.Equal(accepted, new JsonRecognizer(Constrain.To<Forecast>()).Accepts(text));
        if (accepted) Assert.NotNull(JsonSerializer.Deserialize<Forecast>(text));
    }

    [Fact]
    public void Serializer_options_count_and_stay_as_they_are()
    {
        var options = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
        Assert.True(new JsonRecognizer(Constrain.To<Forecast>(options)).Accepts("""{"name":"x","weather":"Rain","degrees":[]}"""));
        Assert.False(options.IsReadOnly);
        Assert.Equal(Constrain.To<Forecast>(), Constrain.To<Forecast>());
    }

    [Theory]
    [InlineData(typeof(int), "2147483647", "2147483648")]
    [InlineData(typeof(uint), "0", "-1")]
    [InlineData(typeof(ulong), "18446744073709551615", "18446744073709551616")]
    [InlineData(typeof(byte?), "null", "256")]
    [InlineData(typeof(bool), "true", "1")]
    [InlineData(typeof(double), "1e10", "\"a\"")]
    [InlineData(typeof(DateOnly), "\"2024-02-29\"", "\"2023-02-29\"")]
    [InlineData(typeof(Guid), "\"98d80576-482e-427f-8434-7f86890ab222\"", "\"98d80576\"")]
    [InlineData(typeof(string[]), "[\"a\"]", "[1]")]
    [InlineData(typeof(Dictionary<string, int>), "{\"a\":1}", "{\"a\":\"b\"}")]
    public void What_is_accepted_can_be_read(Type type, string accepted, string refused)
    {
        var schema = (JsonSchemaOptions)typeof(Constrain).GetMethods().Single(method => method.Name == nameof(Constrain.To) && method.GetParameters()[0].ParameterType == typeof(JsonSerializerOptions)).MakeGenericMethod(type).Invoke(null, [null])!;
        var recognizer = new JsonRecognizer(schema);
        Assert.True(recognizer.Accepts(accepted));
        Assert.False(recognizer.Accepts(refused));
        JsonSerializer.Deserialize(accepted, type);
    }

    private sealed record Forecast(string Name, Weather Weather, IReadOnlyList<sbyte> Degrees, Forecast? Next = null);

    [JsonConverter(typeof(JsonStringEnumConverter<Weather>))]
    private enum Weather
    {
        Sun,
        Rain,
    }
}
